"""What goes over the wire between a client and a stand-in, and the log of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlsplit

JSON = "application/json;charset=utf-8"
HTML = "text/html; charset=utf-8"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """One request; names of headers are in lower case. Of a parameter given twice the last one counts."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `headers` come after type and length."""

    status: int
    body: bytes
    kind: str = JSON
    headers: Headers = ()


@dataclass(slots=True)
class Asked:
    """One request as it came in: `fault` is what was done to it, `at` seconds of time.monotonic().

    `status` is None until it was answered, and stays so where that was no answer at all.
    """

    method: str
    target: str
    user_agent: str
    at: float
    fault: str | None = None
    status: int | None = None


@dataclass
class Log:
    """What was asked so far, and how much of it at once."""

    requests: list[Asked] = field(default_factory=list)
    under_way: int = 0
    most_at_once: int = 0

    def clear(self) -> None:
        self.requests.clear()
        self.most_at_once = self.under_way

    def count(self, status: int) -> int:
        """How many requests were answered so."""
        return sum(asked.status == status for asked in self.requests)

    def summary(self) -> dict[str, object]:
        """Counts, for who is in another process; `by_second` counts from the first request on."""
        asked = list(self.requests)
        first = asked[0].at if asked else 0.0
        return {
            "requests": len(asked),
            "most_at_once": self.most_at_once,
            "statuses": _counts(str(one.status) for one in asked),
            "faults": _counts(one.fault for one in asked if one.fault),
            "user_agents": _counts(one.user_agent for one in asked),
            "by_second": _counts(str(int(one.at - first)) for one in asked),
        }


def _counts(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words))
