"""Answers of Wikidata → records. Pure.

A value that cannot be used becomes a Problem of its item; an answer that is not whole is an error
(see `results`). Values that say no more than "unknown" (blank nodes, `…/.well-known/genid/…`) are left out.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from adaptapedia.kit.text import clean
from adaptapedia.sources.errors import Truncated
from adaptapedia.sources.values import shown
from adaptapedia.sources.wikidata import queries
from adaptapedia.sources.wikidata.ids import imdb_id, isbn, open_library_id, tmdb_id
from adaptapedia.sources.wikidata.languages import LANGUAGES, UNKNOWN
from adaptapedia.sources.wikidata.records import Changes, ClassEdge, Edge, Item, Problem, Slice, Text
from adaptapedia.sources.wikidata.results import Row, Term, read_answer
from adaptapedia.sources.wikidata.years import historical_year, is_plausible

Place = TypeVar("Place", int, Edge)

LONGEST_TITLE = 1000

_BARE_QID = re.compile(r"Q[1-9]\d*")
_ITEM = re.compile(re.escape(queries.ENTITY) + r"([1-9]\d{0,14})", re.ASCII)
_STATEMENT = ("item", "property", "value")


def class_edges(body: bytes) -> list[ClassEdge]:
    """The class tree's edges, in order."""
    rows = read_answer(body, ("child", "parent")).whole()
    pairs = ((qid(row["child"]), qid(row["parent"])) for row in rows)
    return sorted(ClassEdge(child, parent) for child, parent in pairs if child and parent)


def edge_slice(body: bytes, *, after: Edge | None, limit: int) -> Slice:
    """The answer to `queries.edges_after`, with as many pairs as its count and its limit allow, all of them `after`."""
    answer = read_answer(body, ("subject", "source"))
    rows = answer.whole(min(limit, answer.count))
    edges = {Edge(row["subject"].number(), row["source"].number()) for row in rows}
    if len(edges) != len(rows):
        raise Truncated(
            f"Wikidata's answer has {len(rows)} rows but {len(edges)} pairs", evidence=str(sorted(edges)[:3])
        )
    return Slice(_behind(after, edges), answer.count)


def edge_count(body: bytes) -> int:
    return read_answer(body, ()).count


def changes(body: bytes, *, after: int, limit: int) -> Changes:
    """The answer to `queries.changed_after`, with as many items as its count and limit allow, all of them `after`."""
    answer = read_answer(body, ("number",))
    rows = answer.whole(min(limit, answer.count))
    numbers = {row["number"].number() for row in rows}
    if len(numbers) != len(rows):
        raise Truncated(
            f"Wikidata's answer has {len(rows)} rows but {len(numbers)} items", evidence=str(sorted(numbers)[:3])
        )
    return Changes(_behind(after, numbers), answer.count)


def statements(body: bytes) -> list[Row]:
    """The whole answer to `queries.details` or `queries.labels`."""
    return read_answer(body, _STATEMENT).whole()


def items(qids: Iterable[int], rows: Iterable[Row], *, this_year: int) -> list[Item]:
    """One item for each of `qids`, in their order as numbers; unknown ones have `exists` False."""
    values: defaultdict[int | None, defaultdict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        values[qid(row["item"])][row["property"].value].append(row["value"])
    return [_Reading(number, values[number], this_year).item() for number in sorted(set(qids))]


def qid(term: Term) -> int | None:
    """The number of an item; None for anything else."""
    found = _ITEM.fullmatch(term.value) if term.kind == "uri" else None
    return int(found[1]) if found else None


def _behind(cursor: Place | None, found: set[Place]) -> tuple[Place, ...]:
    """What was found, in order. Raises Truncated where it is not behind the cursor: one would read it for ever."""
    places = tuple(sorted(found))
    if cursor is not None and places and places[0] <= cursor:
        raise Truncated("Wikidata answered with what had been read before", evidence=f"{places[0]} after {cursor}")
    return places


class _Reading:
    """One item while it is read: its values by property, and the problems met so far."""

    def __init__(self, number: int, values: dict[str, list[Term]], this_year: int) -> None:
        self.number = number
        self.this_year = this_year
        self._values = values
        self._problems: set[tuple[str, str]] = set()

    def item(self) -> Item:
        if not any(self._values.values()):
            return Item(qid=self.number, exists=False)
        languages = self._languages()
        original = self._original_title(languages)
        published = self._years(queries.PUBLISHED)
        started, ended = self._years(queries.STARTED), self._years(queries.ENDED)
        born, died = self._years(queries.BORN), self._years(queries.DIED)
        return Item(
            qid=self.number,
            redirect_to=min(self._items(queries.SAME_AS), default=None),
            classes=self._items(queries.INSTANCE_OF),
            label=self._label(original, languages),
            original_title=original,
            published=min(published, default=None),
            started=min(started, default=None),
            ended=max(ended, default=None),
            born=min(born, default=None),
            died=min(died, default=None),
            authors=self._items(queries.AUTHOR),
            author_names=self._names(queries.AUTHOR_NAME),
            directors=self._items(queries.DIRECTOR),
            creators=self._items(queries.CREATOR),
            screenwriters=self._items(queries.SCREENWRITER),
            language=_language(original, languages),
            countries=self._items(queries.COUNTRY),
            genres=self._items(queries.GENRE),
            series=self._items(queries.SERIES),
            based_on=self._items(queries.BASED_ON),
            imdb=self._ids(queries.IMDB, imdb_id),
            tmdb_movie=self._ids(queries.TMDB_MOVIE, tmdb_id),
            tmdb_tv=self._ids(queries.TMDB_TV, tmdb_id),
            tmdb_person=self._ids(queries.TMDB_PERSON, tmdb_id),
            open_library=self._ids(queries.OPEN_LIBRARY, open_library_id),
            isbn=tuple(sorted({*self._ids(queries.ISBN_13, isbn), *self._ids(queries.ISBN_10, isbn)})),
            modified=self._modified(),
            problems=self._problems_met(),  # last, when everything else has been read
        )

    def _problems_met(self) -> tuple[Problem, ...]:
        return tuple(Problem(reason, value) for reason, value in sorted(self._problems))

    def _terms(self, property_: str) -> list[Term]:
        iri = property_ if property_.startswith("http") else queries.DIRECT + property_
        return self._values.get(iri, [])

    def _literals(self, property_: str) -> list[Term]:
        return [term for term in self._terms(property_) if term.kind not in {"uri", "bnode"}]

    def _problem(self, reason: str, value: str) -> None:
        self._problems.add((reason, shown(value)))

    def _items(self, property_: str) -> tuple[int, ...]:
        return tuple(sorted({number for term in self._terms(property_) if (number := qid(term))}))

    def _ids(self, property_: str, shaped: Callable[[str], str | None]) -> tuple[str, ...]:
        found = set()
        for term in self._literals(property_):
            value = shaped(clean(term.value[:LONGEST_TITLE]))
            if value is None:
                self._problem("malformed_id", f"{property_} {term.value}")
            else:
                found.add(value)
        return tuple(sorted(found))

    def _years(self, property_: str) -> list[int]:
        found = []
        for term in self._literals(property_):
            year = historical_year(term.value)
            if year is None:
                self._problem("malformed_date", f"{property_} {term.value}")
            elif not is_plausible(year, this_year=self.this_year):
                self._problem("year_out_of_range", f"{property_} {term.value}")
            else:
                found.append(year)
        return found

    def _modified(self) -> datetime | None:
        found = []
        for term in self._literals(queries.MODIFIED):
            try:
                moment = datetime.fromisoformat(term.value)
                moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
            except (ValueError, OverflowError):
                self._problem("malformed_date", f"dateModified {term.value}")
            else:
                found.append(moment)
        return max(found, default=None)

    def _texts(self, property_: str, *, too_long: str) -> list[Text]:
        """The usable words of a property by language and alphabet; a bare QID is no name."""
        found = set()
        for term in self._literals(property_):
            text = clean(term.value[: 4 * LONGEST_TITLE])  # what is longer still after cleaning is too long as well
            if len(text) > LONGEST_TITLE or len(term.value) > 4 * LONGEST_TITLE:
                self._problem(too_long, text)
            elif text and not _BARE_QID.fullmatch(text):
                found.add((term.language, text))
        return [Text(text, language) for language, text in sorted(found)]

    def _names(self, property_: str) -> tuple[str, ...]:
        return tuple(sorted({name.text for name in self._texts(property_, too_long="name_too_long")}))

    def _languages(self) -> list[str]:
        """The tags of P364, then of P407, as far as we know their items."""
        numbers = [*self._items(queries.FILM_LANGUAGE), *self._items(queries.WORK_LANGUAGE)]
        return [LANGUAGES[number] for number in numbers if number in LANGUAGES]

    def _original_title(self, languages: Sequence[str]) -> Text | None:
        """Of several P1476 the one in the work's own language, else one in a known language."""
        titles = self._texts(queries.TITLE, too_long="title_too_long")
        return min(
            titles,
            key=lambda title: (_primary(title.language) not in languages, title.language in UNKNOWN),
            default=None,
        )

    def _label(self, original: Text | None, languages: Sequence[str]) -> Text | None:
        """en, mul, the original title, then any language: the work's own first, else by tag."""
        labels = self._texts(queries.LABEL, too_long="title_too_long")
        by_language = {label.language: label for label in reversed(labels)}
        own = [label for label in labels if _primary(label.language) in languages]
        return by_language.get("en") or by_language.get("mul") or original or next(iter([*own, *labels]), None)


def _primary(tag: str) -> str:
    return tag.partition("-")[0]


def _language(original: Text | None, languages: Sequence[str]) -> str | None:
    if original is not None and original.language not in UNKNOWN:
        return original.language
    return languages[0] if languages else None
