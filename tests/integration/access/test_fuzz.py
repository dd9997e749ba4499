"""Rubbish at every address: an answer that blames the sender, never a fault of ours."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.access.addresses import routes
from tests.integration.access.matrix import METHODS
from tests.integration.access.people import ASKING, FORM, everybody
from tests.integration.access.rows import address_of, make_rows

NAMES = """
q page page_size cursor ordering kind form year year_min year_max decade side language wikidata slug country
next theme login password password1 password2 email username code refresh token otp before reason item state
schedule period action id _popup o p e key uid format lang work screen_work person relation when from to begin end
limit count after
""".split()  # noqa: SIM905 - one word an item would fill a page
"""What the fields of our forms and query strings are called; hypothesis adds names of its own."""

JSON = "application/json"
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.integers(min_value=-(10**30), max_value=10**30).map(str),
    st.sampled_from(["", "\x00", "%", "_", "\\", "'", "../../etc", "[]", "null", "NaN", "1e400", "2026-02-30", "Q0"]),
    st.sampled_from(["q99999999999999999999", "tt", "\u202e", "🎬" * 50, "a" * 10_000]),
)
PART = st.one_of(
    st.from_regex(r"[-a-zA-Z0-9_]{1,130}", fullmatch=True),
    st.integers(min_value=0, max_value=10**30).map(str),
    st.text(min_size=1, max_size=20),
)
FIELDS = st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=12)), HOSTILE, max_size=4)
BODIES = st.one_of(
    FIELDS.map(lambda fields: (urlencode(fields).encode(), FORM)),
    FIELDS.map(lambda fields: (json.dumps(fields).encode(), JSON)),
    st.binary(max_size=60).map(lambda body: (body, JSON)),
    st.binary(max_size=60).map(lambda body: (body, "multipart/form-data; boundary=x")),
    st.just((b"[" * 5_000, JSON)),
    st.just((b"\xff", "text/plain; charset=nonsense")),
)


@dataclass(frozen=True, slots=True)
class Rubbish:
    """One request: to an address that leads somewhere (`parts` empty) or with parts that nobody has."""

    route: str
    parts: list[str]
    query: dict[str, str]
    method: str
    body: tuple[bytes, str]
    asking: int

    @property
    def address(self) -> str:
        if not self.parts or "(?P<" in self.route:
            path = address_of(self.route)
        else:
            parts = iter(self.parts)
            path = "/" + re.sub("<[^>]+>", lambda _: quote(next(parts)), self.route)
        return f"{path}?{urlencode(self.query)}"


RUBBISH = st.builds(
    Rubbish,
    route=st.sampled_from(sorted(routes())),
    parts=st.one_of(st.just([]), st.lists(PART, min_size=4, max_size=4)),
    query=FIELDS,
    method=st.sampled_from(METHODS),
    body=BODIES,
    asking=st.integers(min_value=0, max_value=len(ASKING) - 1),
)


@pytest.mark.django_db
def test_rubbish_at_any_address_is_never_a_fault_of_ours() -> None:
    make_rows()
    asking = everybody()

    @settings(
        max_examples=1_000,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(RUBBISH)
    def send(rubbish: Rubbish) -> None:
        assert asking[rubbish.asking].status_of(rubbish.method, rubbish.address, *rubbish.body) < 500

    send()
