"""The import of a file. Imports wait for tests/conftest.py to set Django up."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from adaptapedia.ingest.by_hand.importing import Outcome


@pytest.fixture
def given(tmp_path: Path) -> Any:
    """Runs the import of rows as JSON Lines."""
    from adaptapedia.ingest.by_hand.importing import import_file

    def run(*rows: dict[str, Any], apply: bool = True, **options: Any) -> "Outcome":
        path = tmp_path / "pairs.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return import_file(str(path), apply=apply, by="ada", **options)

    return run
