"""The columns of a file of pairs, and what may stand in them. Pure. docs/data.md has them for people."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from adaptapedia.catalogue.models import Adaptation, ScreenWork, Work
from adaptapedia.kit.text import clean
from adaptapedia.sources.wikidata.ids import imdb_id, isbn, open_library_id, tmdb_id
from adaptapedia.sources.wikidata.years import is_plausible

SCREEN = (
    *("screen_item", "screen_title", "screen_original_title", "screen_language", "screen_year", "screen_end_year"),
    *("screen_kind", "screen_imdb", "screen_tmdb", "screen_directors"),
)
SOURCE = (
    *("source_item", "source_title", "source_original_title", "source_language", "source_year"),
    *("source_form", "source_isbn", "source_open_library", "source_authors"),
)
COLUMNS = (*SCREEN, *SOURCE, "relation", "note")
LISTS = {"screen_directors", "source_authors", "source_isbn"}
"""Columns of several values, separated by semicolons."""
LONGEST_NAME = 1_000
FIRST_ON_SCREEN = 1870
EXCERPT = 60
REMAKE = Adaptation.Relation.REMAKE_OF.value
SERIES = {ScreenWork.Kind.SERIES.value, ScreenWork.Kind.MINISERIES.value}
UNDETERMINED = "und"
"""The language of a title whose language nobody says (BCP 47)."""

Value = TypeVar("Value")

_ITEM = re.compile(r"(?:https?://www\.wikidata\.org/(?:wiki|entity)/)?[Qq]([1-9][0-9]{0,17})", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)
_YEAR = re.compile(r"[-−]?[0-9]{1,4}", re.ASCII)
_TMDB = re.compile(r"(?:(movie|tv)/)?([0-9]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a file: where, in which column (empty: the whole row), why, and the value."""

    line: int
    column: str
    reason: str
    value: str = ""

    @property
    def as_json(self) -> dict[str, str | int]:
        return {"line": self.line, "column": self.column, "reason": self.reason, "value": self.value}


@dataclass(frozen=True, slots=True)
class Side:
    """What a row says of one side of its pair; None and empty where it says nothing."""

    item: int | None
    title: str | None
    original_title: str | None
    language: str | None
    year: int | None
    end_year: int | None
    what: str | None
    """`ScreenWork.Kind` or `Work.Form`."""
    ids: tuple[str, ...]
    """`scheme:value`, as `ExternalId.Scheme` has the schemes."""
    names: tuple[str, ...]
    """Directors or authors."""


@dataclass(frozen=True, slots=True)
class PairOfFile:
    """One good row. The source of a remake is a screen work too."""

    line: int
    screen: Side
    source: Side
    relation: str | None

    @property
    def is_remake(self) -> bool:
        return self.relation == REMAKE


class Refused(Exception):
    """A value that may not stand in its column."""


def checked(line: int, cells: Mapping[str, str], *, this_year: int) -> PairOfFile | list[Fault]:
    """The pair that a row says, or everything that is wrong with it."""
    row = _Row(line, cells, this_year)
    pair = row.pair()
    return row.faults or pair


class _Row:
    def __init__(self, line: int, cells: Mapping[str, str], this_year: int) -> None:
        self.line = line
        self.cells = cells
        self.this_year = this_year
        self.faults: list[Fault] = []

    def pair(self) -> PairOfFile:
        self._look_for_what_cannot_be_stored()
        relation = self._value("relation", _one_of(Adaptation.Relation.values))
        pair = PairOfFile(self.line, self._screen(), self._source(relation == REMAKE), relation)
        if pair.screen.item is not None and pair.screen.item == pair.source.item:
            self._fault("source_item", "a screen work is not made from itself", f"Q{pair.source.item}")
        return pair

    def _screen(self) -> Side:
        kind = self._value("screen_kind", _one_of(ScreenWork.Kind.values))
        year = self._value("screen_year", self._year_on_screen)
        end_year = self._value("screen_end_year", self._year_on_screen)
        if year is not None and end_year is not None and end_year < year:
            self._fault("screen_end_year", f"before its first year, {year}", str(end_year))
        return self._side(
            "screen", year, end_year, kind, (*self._ids("imdb", "screen_imdb", _imdb), *self._tmdb(kind)), "directors"
        )

    def _source(self, is_remake: bool) -> Side:
        kinds = ScreenWork.Kind.values if is_remake else Work.Form.values
        form = self._value("source_form", _one_of(kinds))
        year = self._value("source_year", self._year_on_screen if is_remake else self._year)
        ids = (
            *self._ids("isbn", "source_isbn", _isbn),
            *self._ids("open_library", "source_open_library", _open_library),
        )
        if is_remake:
            for column in ("source_isbn", "source_open_library", "source_authors"):
                if self.cells.get(column, "").strip():
                    self._fault(column, "the source of a remake is a screen work and has none", self.cells[column])
        return self._side("source", year, None, form, ids, "authors")

    def _side(
        self, side: str, year: int | None, end_year: int | None, what: str | None, ids: tuple[str, ...], names: str
    ) -> Side:
        item = self._value(f"{side}_item", _item)
        title = self._value(f"{side}_title", _name)
        if not ids and not any(self.cells.get(f"{side}_{name}", "").strip() for name in ("item", "title")):
            self._fault(f"{side}_title", "neither a title nor an item of Wikidata nor another id")
        return Side(
            item=item,
            title=title,
            original_title=self._value(f"{side}_original_title", _name),
            language=self._value(f"{side}_language", _language),
            year=year,
            end_year=end_year,
            what=what,
            ids=tuple(sorted(set(ids))),
            names=tuple(dict.fromkeys(self._values(f"{side}_{names}", _name))),
        )

    def _tmdb(self, kind: str | None) -> Iterator[str]:
        given = self._value("screen_tmdb", _tmdb)
        if given is None:
            return
        room, number = given
        if room is None and kind is None:
            self._fault("screen_tmdb", "film or series? write movie/603 or tv/1399, or give screen_kind", number)
            return
        is_series = room == "tv" if room else kind in SERIES
        yield f"tmdb_{'tv' if is_series else 'movie'}:{number}"

    def _ids(self, scheme: str, column: str, read: Callable[[str], str]) -> Iterator[str]:
        return (f"{scheme}:{value}" for value in self._values(column, read))

    def _values(self, column: str, read: Callable[[str], str]) -> Iterator[str]:
        for part in self.cells.get(column, "").split(";") if column in LISTS else [self.cells.get(column, "")]:
            value = self._read(column, part, read)
            if value is not None:
                yield value

    def _value(self, column: str, read: Callable[[str], Value]) -> Value | None:
        return self._read(column, self.cells.get(column, ""), read)

    def _read(self, column: str, text: str, read: Callable[[str], Value]) -> Value | None:
        if not text.strip():
            return None
        try:
            return read(text.strip())
        except Refused as refused:
            self._fault(column, str(refused), text.strip())
            return None

    def _year(self, text: str) -> int:
        if not _YEAR.fullmatch(text):
            raise Refused("no year: a number, with a minus for years BCE")
        year = int(text.replace("−", "-"))
        if year == 0:
            raise Refused("there was no year 0; 1 BCE is -1")
        if not is_plausible(year, this_year=self.this_year):
            raise Refused("a year out of range")
        return year

    def _year_on_screen(self, text: str) -> int:
        year = self._year(text)
        if year < FIRST_ON_SCREEN:
            raise Refused(f"a year out of range: nothing was on a screen before {FIRST_ON_SCREEN}")
        return year

    def _look_for_what_cannot_be_stored(self) -> None:
        for column, text in self.cells.items():
            if "\0" in text:
                self._fault(column, "holds a NUL", text)
            elif any("\ud800" <= sign <= "\udfff" for sign in text):
                self._fault(column, "holds half a character (a lone surrogate)", text)

    def _fault(self, column: str, reason: str, value: str = "") -> None:
        self.faults.append(Fault(self.line, column, reason, excerpt(value)))


def excerpt(value: str) -> str:
    """A value as it may be shown in a line and stored."""
    shown = clean(value)
    return shown if len(shown) <= EXCERPT else f"{shown[:EXCERPT]}…"


def _item(text: str) -> int:
    if (found := _ITEM.fullmatch(text)) is None:
        raise Refused("no item of Wikidata, such as Q42")
    return int(found[1])


def _name(text: str) -> str:
    name = clean(text)
    if not name:
        raise Refused("there is nothing here that can be seen")
    if len(name) > LONGEST_NAME:
        raise Refused(f"{len(name):,} characters, and {LONGEST_NAME:,} are the most")
    return name


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text) or len(text) > 35:
        raise Refused("no language tag, such as en or pt-BR")
    return text


def _one_of(values: list[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise Refused(f"none of {', '.join(values)}")
        return text

    return read


def _imdb(text: str) -> str:
    if imdb_id(text) is None or not text.startswith("tt"):
        raise Refused("no IMDb id of a title, such as tt0087182")
    return text


def _tmdb(text: str) -> tuple[str | None, str]:
    found = _TMDB.fullmatch(text)
    if found is None or tmdb_id(found[2]) is None:
        raise Refused("no TMDb id, such as movie/841")
    return found[1], found[2]


def _isbn(text: str) -> str:
    if isbn(text) is None:
        raise Refused("no ISBN, or its check digit is wrong")
    return text.replace("-", "").replace(" ", "").upper()


def _open_library(text: str) -> str:
    if open_library_id(text) is None or not text.endswith("W"):
        raise Refused("no work of Open Library, such as OL893415W")
    return text
