"""Years out of Wikidata's dates. Pure."""

import re

EARLIEST = -5000
AHEAD = 20
"""A year is taken from 5000 BCE up to twenty years from now: announced films are dated so far ahead at most."""

_DATE = re.compile(r"(?P<sign>[+-]?)(?P<year>\d{4,9})(?:-\d\d(?:-\d\d(?:T.*)?)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


def historical_year(literal: str) -> int | None:
    """The year of an XSD 1.1 date, or None where `literal` is no date.

    XSD counts astronomically (0000 is 1 BCE), we historically (-1 is 1 BCE, and there is no year 0).
    """
    found = _DATE.fullmatch(literal)
    if found is None:
        return None
    year = int(found["year"]) if found["sign"] != "-" else -int(found["year"])
    return year if year > 0 else year - 1


def is_plausible(year: int, *, this_year: int) -> bool:
    return EARLIEST <= year <= this_year + AHEAD
