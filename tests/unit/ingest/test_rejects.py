"""What parsers give as reasons is what a reject may have as one, so that every list of rejects can be opened."""

import ast
from collections.abc import Iterator
from pathlib import Path

import adaptapedia.sources
from adaptapedia.ingest.models import Reject

SOURCES = Path(adaptapedia.sources.__file__).parent
NOTING = {"problem", "_problem", "Problem"}
PASSED_ON = {"reason", "too_long"}


def reasons(tree: ast.AST) -> Iterator[str]:
    """What is noted as a problem in so many words, or passed to what notes it."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        named = [keyword.value for keyword in call.keywords if keyword.arg in PASSED_ON]
        if _name_of(call.func) in NOTING:
            named += call.args[:1]
        elif _name_of(call.func) == "add" and call.args and isinstance(call.args[0], ast.Tuple):
            named += call.args[0].elts[:1]
        yield from (told.value for told in named if isinstance(told, ast.Constant) and isinstance(told.value, str))


def _name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def test_every_reason_that_a_source_gives_is_one_of_the_choices() -> None:
    given = {reason for file in SOURCES.rglob("*.py") for reason in reasons(ast.parse(file.read_text()))} - {""}

    assert {"nobody", "more_problems", "malformed_id", "name_too_long"} <= given, "the test still finds them"
    assert given <= set(Reject.Reason.values)
