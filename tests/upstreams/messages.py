"""What goes over the wire between a client and a stand-in, and the log of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

JSON = "application/json;charset=utf-8"
HTML = "text/html; charset=utf-8"

KEPT = 20_000
"""Requests that a log holds at the least, before the oldest of them are counts alone."""
MOST_WORDS = 100

_CONTACT = re.compile(r"[^@\s()<>;]+@[^@\s()<>;]+|https?://[^\s()<>;]+")

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


def names_contact(user_agent: str) -> bool:
    """Whether it says how to reach whoever asks: an e-mail address or a page."""
    return _CONTACT.search(user_agent) is not None


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


Kept = TypeVar("Kept", bound=Asked)


@dataclass
class Log(Generic[Kept]):
    """What was asked so far, and how much of it at once. Of what is older than the last requests the counts stay."""

    requests: list[Kept] = field(default_factory=list)
    under_way: int = 0
    most_at_once: int = 0
    older: dict[str, Counter[str]] = field(default_factory=dict)

    def note(self, asked: Kept) -> None:
        """One more request. The list holds the last KEPT, and up to as many more."""
        self.requests.append(asked)
        if len(self.requests) >= 2 * KEPT:
            self.older = _added(self.older, _counted(self.requests[:KEPT]))
            del self.requests[:KEPT]

    def clear(self) -> None:
        self.requests.clear()
        self.older = {}
        self.most_at_once = self.under_way

    def count(self, status: int) -> int:
        """How many requests were answered so."""
        return sum(asked.status == status for asked in self.requests)

    def summary(self) -> dict[str, object]:
        """Counts of all requests, for who is in another process; `by_second` counts from the first that is kept."""
        asked = list(self.requests)
        first = asked[0].at if asked else 0.0
        counts = {name: dict(counts) for name, counts in _added(self.older, _counted(asked)).items()}
        return {
            "requests": sum(counts["statuses"].values()),
            "most_at_once": self.most_at_once,
            **counts,
            "by_second": dict(Counter(str(int(one.at - first)) for one in asked)),
        }


def _counted(asked: Iterable[Asked]) -> dict[str, Counter[str]]:
    asked = list(asked)
    return {
        "statuses": Counter(str(one.status) for one in asked),
        "faults": Counter(one.fault for one in asked if one.fault),
        "user_agents": Counter(one.user_agent for one in asked),
    }


def _added(one: Mapping[str, Counter[str]], other: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Both together; of words beyond the commonest MOST_WORDS nothing is kept, so that no caller fills the memory."""
    return {name: Counter(dict((one.get(name, Counter()) + other[name]).most_common(MOST_WORDS))) for name in other}
