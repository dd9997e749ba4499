"""The schema as people read it: what the page of the API shows of every operation."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from adaptapedia.api import samples
from adaptapedia.api.problems import KINDS, MEDIA_TYPE, Kind
from adaptapedia.api.schema import CONDITIONAL, whole_schema

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter or a field of a body: its name, what it may be, in words and as a form's control."""

    name: str
    kind: str
    said: str
    required: bool
    choices: tuple[str, ...]
    least: Any
    most: Any

    @property
    def is_number(self) -> bool:
        return self.kind == "integer"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    in_path: tuple[Value, ...]
    in_query: tuple[Value, ...]
    in_body: tuple[Value, ...]
    needs_token: bool
    sent: Any
    answer: str
    problems: tuple[Kind, ...]
    curl: str = ""

    def at(self, site: str) -> "Operation":
        """The same with its examples as they are at this site (an address that ends in a slash)."""
        return replace(self, curl=_curl(self, site), answer=self.answer.replace(samples.ROOT, site))


def titles() -> dict[str, str]:
    """The parts of the page, in its order: tag → title."""
    return {
        "ways": _("Finding one's way"),
        "works": _("Works"),
        "screen-works": _("Screen works"),
        "adaptations": _("Adaptations"),
        "people": _("People"),
        "statistics": _("Statistics"),
        "tokens": _("Tokens"),
    }


def operations_by_tag() -> dict[str, tuple[Operation, ...]]:
    """All operations of the schema under their tags, in the language that is spoken."""
    return _operations_in(get_language())


@lru_cache
def _operations_in(language: str | None) -> dict[str, tuple[Operation, ...]]:
    found: dict[str, list[Operation]] = {}
    for path, methods in whole_schema()["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    return {tag: tuple(operations) for tag, operations in found.items()}


def operation_of(name: str) -> Operation | None:
    """The operation with this id."""
    return next((one for group in operations_by_tag().values() for one in group if one.id == name), None)


def _operation(method: str, path: str, operation: Schema) -> Operation:
    parameters, said = operation.get("parameters", []), operation.get("description", "")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description="" if said == str(CONDITIONAL) else said,  # the page says it once for all
        in_path=tuple(_value(one) for one in parameters if one["in"] == "path"),
        in_query=tuple(_value(one) for one in parameters if one["in"] == "query"),
        in_body=tuple(_fields(body.get("schema", {}))),
        needs_token={} not in operation.get("security", [{}]),
        sent=_example(body),
        answer=_answer(operation["responses"]),
        problems=tuple(sorted(_problems(operation["responses"]), key=lambda kind: kind.status)),
    )


def _value(parameter: Schema) -> Value:
    return _described(
        parameter["name"], parameter["schema"], parameter.get("description", ""), parameter.get("required")
    )


def _fields(schema: Schema) -> Iterator[Value]:
    whole = _resolved(schema)
    for name, field in whole.get("properties", {}).items():
        yield _described(name, field, field.get("description", ""), name in whole.get("required", []))


def _described(name: str, given: Schema, said: str, required: Any) -> Value:
    schema = _resolved(given)
    choices = tuple(str(choice) for choice in schema.get("enum", ()))
    return Value(
        name=name,
        kind=str(schema.get("type", "string")),
        said=said.partition("\n\n")[0],
        required=bool(required),
        choices=choices,
        least=schema.get("minimum"),
        most=schema.get("maximum"),
    )


def _resolved(schema: Schema) -> Schema:
    if "allOf" in schema:
        return _resolved(schema["allOf"][0])
    if "$ref" not in schema:
        return schema
    resolved: Schema = whole_schema()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return resolved


def _example(content: Schema) -> Any:
    return next((one["value"] for one in content.get("examples", {}).values()), None)


def _answer(responses: Schema) -> str:
    value = _example(responses.get("200", {}).get("content", {}).get("application/json", {}))
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)


def _problems(responses: Schema) -> Iterator[Kind]:
    for response in responses.values():
        if MEDIA_TYPE in response.get("content", {}):
            for part in response["description"].split(". "):
                if kind := KINDS.get(part.partition(":")[0]):
                    yield kind


def _curl(operation: Operation, site: str) -> str:
    address = f"{site}{operation.path.removeprefix('/').replace('{id}', '12')}"
    words = ["curl", *(["-X", "POST"] if operation.method == "POST" and operation.sent is None else [])]
    lines = [" ".join([*words, shlex.quote(address)])]
    if operation.needs_token:
        lines.append('  -H "Authorization: Bearer $ACCESS"')
    if operation.sent is not None:
        lines += ['  -H "Content-Type: application/json"', f"  -d {shlex.quote(json.dumps(operation.sent))}"]
    return " \\\n".join(lines)
