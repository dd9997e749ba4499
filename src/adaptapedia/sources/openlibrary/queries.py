"""What Open Library is asked: paths below its base address, and their parameters. Pure.

Source of the rules: openlibrary.org/developers/api, dev/docs/api/search.
"""

import re
from collections.abc import Iterable

Params = dict[str, str | int]

MOST_WORKS = 100
"""In one search: its address stays below 4 KiB."""
FIELDS = (
    "key",
    "title",
    "first_publish_year",
    "author_key",
    "author_name",
    "subject",
    "language",
    "cover_i",
    "edition_count",
    "ratings_average",
    "ratings_count",
)
WORK_KEY = re.compile(r"OL[1-9]\d{0,9}W", re.ASCII)


def works(keys: Iterable[str]) -> tuple[str, Params]:
    """One search for all these works. Raises ValueError where there are too many, none, or one is no key."""
    wanted = sorted({_checked(key) for key in keys})
    if not 1 <= len(wanted) <= MOST_WORKS:
        raise ValueError(f"Open Library is asked for 1 to {MOST_WORKS} works at once, not {len(wanted)}")
    alternatives = " OR ".join(f'"/works/{key}"' for key in wanted)
    return "/search.json", {"q": f"key:({alternatives})", "fields": ",".join(FIELDS), "limit": len(wanted)}


def record(key: str) -> tuple[str, Params]:
    """The work's own record. Raises ValueError where `key` is none."""
    return f"/works/{_checked(key)}.json", {}


def _checked(key: str) -> str:
    if not WORK_KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of a work")
    return key
