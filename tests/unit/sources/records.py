"""Records as their expected forms in tests/payloads have them."""

import json
from dataclasses import asdict, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

PAYLOADS = Path(__file__).resolve().parents[2] / "payloads"


def payloads(upstream: str) -> list[str]:
    """Names of the answers of an upstream that lie there."""
    return sorted(path.stem for path in (PAYLOADS / upstream).glob("*.json") if ".expected" not in path.name)


def expected(upstream: str, name: str) -> Any:
    return json.loads((PAYLOADS / upstream / f"{name}.expected.json").read_text())


def plain(record: Any) -> Any:
    """A record, or several, in the types of JSON; days in ISO 8601."""
    if isinstance(record, list):
        return [plain(one) for one in record]
    told = asdict(record) if is_dataclass(record) and not isinstance(record, type) else record
    return json.loads(json.dumps(told, default=date.isoformat))
