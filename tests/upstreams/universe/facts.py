"""What Wikidata's side knows of screen works, books and people, read from N-Triples in its own shape."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from adaptapedia.sources.wikidata.languages import LANGUAGES
from tests.upstreams.triples import FILM, MINISERIES, SERIES, SHORT_FILM, TELEVISION_FILM

SCREEN_CLASSES = {FILM: "movie", SHORT_FILM: "movie", TELEVISION_FILM: "movie", SERIES: "tv", MINISERIES: "tv"}
"""Class → TMDb's kind of title."""

COUNTRIES = {
    16: "CA", 17: "JP", 20: "NO", 27: "IE", 28: "HU", 29: "ES", 30: "US", 31: "BE", 33: "FI", 34: "SE", 35: "DK",
    36: "PL", 38: "IT", 39: "CH", 40: "AT", 41: "GR", 43: "TR", 45: "PT", 55: "NL", 79: "EG", 96: "MX", 142: "FR",
    145: "GB", 148: "CN", 155: "BR", 159: "RU", 183: "DE", 189: "IS", 212: "UA", 213: "CZ", 218: "RO", 219: "BG",
    252: "ID", 258: "ZA", 298: "CL", 408: "AU", 414: "AR", 664: "NZ", 668: "IN", 739: "CO", 794: "IR", 801: "IL",
    843: "PK", 865: "TW", 869: "TH", 881: "VN", 884: "KR", 902: "BD", 928: "PH", 8646: "HK", 15180: "SU", 33946: "XC",
}  # fmt: skip
"""Item → the code by which TMDb has the country; those gone (SU, XC) included, as TMDb includes them."""
GENRES = {
    130232: "Drama", 157443: "Comedy", 200092: "Horror", 188473: "Action", 959790: "Crime", 93204: "Documentary",
    2484376: "Thriller", 471839: "Science Fiction", 860626: "Romance", 1054574: "Romance", 157394: "Fantasy",
    842256: "Music", 319221: "Adventure", 172980: "Western", 1200678: "Mystery", 369747: "War", 202866: "Animation",
}  # fmt: skip
TMDB_LANGUAGES = {"yue": "cn", "nb": "no", "nn": "no", "fil": "tl"}
"""Where TMDb's code is another."""

_LINE = re.compile(
    r"<http://www\.wikidata\.org/entity/Q(?P<item>\d+)> <[^>]*[/#](?P<property>P\d+|label)> "
    r"(?:<http://www\.wikidata\.org/entity/Q(?P<other>\d+)>|\"(?P<literal>(?:[^\"\\]|\\.)*)\"(?:@(?P<tag>[\w-]+))?)"
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}

Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class ScreenItem:
    """A film or series as Wikidata has it. `label` is empty where it has none."""

    qid: int
    kind: str
    """TMDb's kind: movie or tv."""
    label: str
    original_title: str
    year: int | None
    day: str
    """`1984-12-14` where Wikidata knows the day; else empty."""
    ended: int | None
    language: str
    countries: tuple[str, ...]
    genres: tuple[str, ...]
    short: bool
    directors: tuple[int, ...]
    imdb: tuple[str, ...]
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BookItem:
    """A source of a screen work that is none itself."""

    qid: int
    label: str
    original_title: str
    year: int | None
    authors: tuple[int, ...]
    author_names: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Everything, in the order of numbers; `names` and `originals` hold the label and the P1476 of any item."""

    screen: tuple[ScreenItem, ...]
    books: tuple[BookItem, ...]
    names: dict[int, str]
    originals: dict[int, str]


def read(source: Path | str) -> Facts:
    """The facts of a file of N-Triples, gzipped or not, or of the text itself."""
    items = read_values(source)
    names = {qid: _name(values) for qid, values in items.items() if _name(values)}
    screen = {qid: kind for qid, values in items.items() if (kind := _kind(values))}
    based_on = {int(source) for qid in screen for source in items[qid].get("P144", ())}
    books = sorted(qid for qid in based_on if qid not in screen)
    return Facts(
        screen=tuple(_screen_item(qid, screen[qid], items[qid]) for qid in sorted(screen)),
        books=tuple(_book(qid, items.get(qid, {})) for qid in books),
        names=names,
        originals={qid: values["P1476"][0] for qid, values in items.items() if "P1476" in values},
    )


def read_values(source: Path | str) -> dict[int, Values]:
    """The values of every item by property, its labels under `label@en`; of an item its number."""
    return _items(_lines(source))


def _lines(source: Path | str) -> Iterator[str]:
    if isinstance(source, str):
        yield from source.splitlines()
    elif source.suffix == ".gz":
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            yield from lines
    else:
        with source.open(encoding="utf-8") as lines:
            yield from lines


def _items(lines: Iterable[str]) -> dict[int, Values]:
    """Values by property, labels under `label@en`; of an item its number."""
    items: defaultdict[int, Values] = defaultdict(dict)
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        item, name, other, literal, tag = found.groups()
        value = other if other is not None else _unescaped(literal)
        key = f"label@{tag}" if name == "label" else name
        items[int(item)].setdefault(key, []).append(value)
    return items


def _unescaped(literal: str) -> str:
    return _ESCAPE.sub(_sign, literal) if "\\" in literal else literal


def _sign(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _PLAIN_ESCAPES.get(escape[3], escape[3])


def _kind(values: Values) -> str | None:
    classes = {int(one) for one in values.get("P31", ()) if one.isdecimal()}
    return next((kind for known, kind in SCREEN_CLASSES.items() if known in classes), None)


def _name(values: Values) -> str:
    named = values.get("label@en") or values.get("label@mul") or values.get("P1476")
    return named[0] if named else next((words[0] for key, words in values.items() if key.startswith("label@")), "")


def _screen_item(qid: int, kind: str, values: Values) -> ScreenItem:
    dates = sorted(values.get("P577", []) or values.get("P580", []))
    language = next((LANGUAGES[number] for number in _numbers(values, "P364") if number in LANGUAGES), "")
    genres = [GENRES[number] for number in _numbers(values, "P136") if number in GENRES]
    return ScreenItem(
        qid=qid,
        kind=kind,
        label=_name(values),
        original_title=next(iter(values.get("P1476", ())), ""),
        year=_year(dates[0]) if dates else None,
        day=next((date[:10] for date in dates[:1] if "-01-01T" not in date and len(date) == 20), ""),
        ended=max((year for date in values.get("P582", ()) if (year := _year(date))), default=None),
        language=TMDB_LANGUAGES.get(language, language),
        countries=tuple(COUNTRIES[number] for number in _numbers(values, "P495") if number in COUNTRIES),
        genres=tuple(dict.fromkeys(genres)),
        short=SHORT_FILM in {*_numbers(values, "P31"), *_numbers(values, "P136")},
        directors=tuple(_numbers(values, "P57") + _numbers(values, "P170")),
        imdb=tuple(sorted(values.get("P345", ()))),
        sources=tuple(_numbers(values, "P144")),
    )


def _book(qid: int, values: Values) -> BookItem:
    years = [year for date in values.get("P577", ()) if (year := _year(date))]
    return BookItem(
        qid=qid,
        label=_name(values),
        original_title=next(iter(values.get("P1476", ())), ""),
        year=min(years, default=None),
        authors=tuple(_numbers(values, "P50")),
        author_names=tuple(sorted(values.get("P2093", ()))),
    )


def _numbers(values: Values, name: str) -> list[int]:
    return sorted({int(one) for one in values.get(name, ()) if one.isascii() and one.isdecimal()})


def _year(date: str) -> int | None:
    year = date.lstrip("+")[:4]
    return int(year) if year.isdecimal() and int(year) else None
