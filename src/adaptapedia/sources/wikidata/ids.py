"""External ids, told by their shape. Pure.

Shapes: IMDb (developer.imdb.com, `tt` titles and `nm` people), TMDb (positive integers), Open Library
(openlibrary.org/developers: OL…W works, …M editions, …A authors), ISBN (ISO 2108, with its check digit).
"""

import re

_IMDB = re.compile(r"(?:tt|nm)\d{7,10}", re.ASCII)
_TMDB = re.compile(r"[1-9]\d{0,9}", re.ASCII)
_OPEN_LIBRARY = re.compile(r"OL[1-9]\d{0,9}[AMW]", re.ASCII)
_ISBN = re.compile(r"\d{9}[\dX]|97[89]\d{10}", re.ASCII)


def imdb_id(raw: str) -> str | None:
    """The id, or None where `raw` is none. So with all of these."""
    return raw if _IMDB.fullmatch(raw) else None


def tmdb_id(raw: str) -> str | None:
    return raw if _TMDB.fullmatch(raw) else None


def open_library_id(raw: str) -> str | None:
    return raw if _OPEN_LIBRARY.fullmatch(raw) else None


def isbn(raw: str) -> str | None:
    """ISBN of 10 or 13 digits without hyphens; None where the check digit is wrong."""
    digits = raw.replace("-", "").replace(" ", "").upper()
    if not _ISBN.fullmatch(digits):
        return None
    return digits if _is_checked(digits) else None


def _is_checked(digits: str) -> bool:
    values = [10 if digit == "X" else int(digit) for digit in digits]
    if len(digits) == 10:
        return sum(value * weight for value, weight in zip(values, range(10, 0, -1), strict=True)) % 11 == 0
    return sum(value * (3 if place % 2 else 1) for place, value in enumerate(values)) % 10 == 0
