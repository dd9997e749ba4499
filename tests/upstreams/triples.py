"""Items of Wikidata written by hand, as N-Triples in the shape of its own graph."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

ENTITY = "http://www.wikidata.org/entity/Q"
DIRECT = "http://www.wikidata.org/prop/direct/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
SAME_AS = "http://www.w3.org/2002/07/owl#sameAs"
MODIFIED = "http://schema.org/dateModified"
DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"
UNKNOWN_VALUE = "http://www.wikidata.org/.well-known/genid/5f3a"

AUDIOVISUAL_WORK, LITERARY_WORK, WRITTEN_WORK = 2431196, 7725634, 47461344
FILM, SHORT_FILM, TELEVISION_FILM, SERIES, MINISERIES = 11424, 24862, 506240, 5398426, 1259759
NOVEL, SHORT_STORY, MANGA, BOOK_SERIES, HUMAN, VIDEO_GAME = 8261, 49084, 21198342, 277759, 5, 7889


@dataclass(frozen=True, slots=True)
class Title:
    """Words in a language, as the value of P1476."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Date:
    """A date as Wikidata's RDF has it: `1965-08-01T00:00:00Z`, or a year alone."""

    value: str | int

    @property
    def literal(self) -> str:
        if isinstance(self.value, str):
            return self.value
        return f"{'-' if self.value < 0 else ''}{abs(self.value):04}-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Iri:
    """A value that is no item: `Iri(UNKNOWN_VALUE)`."""

    value: str


Value = int | str | Title | Date | Iri


def triples(
    qid: int,
    *,
    label: Mapping[str, str] | str | None = None,
    redirect_to: int | None = None,
    modified: datetime | None = None,
    **properties: Value | Iterable[Value],
) -> str:
    """The triples of one item.

    `label` is in English unless it is a mapping of tags. Properties go by name, one value or
    several: a number is an item (`P31=FILM`), a string a plain literal (`P345="tt0087182"`).
    """
    labels = {"en": label} if isinstance(label, str) else label or {}
    lines = [_line(qid, LABEL, f"{_quoted(text)}@{tag}") for tag, text in labels.items()]
    for name, values in properties.items():
        several = [values] if isinstance(values, int | str | Title | Date | Iri) else values
        lines += [_line(qid, DIRECT + name, _term(value)) for value in several]
    if redirect_to is not None:
        lines.append(_line(qid, SAME_AS, f"<{ENTITY}{redirect_to}>"))
    if modified is not None:
        lines.append(_line(qid, MODIFIED, f'"{modified.isoformat()}"^^<{DATE_TIME}>'))
    return "".join(lines)


def class_tree() -> str:
    """The classes named above, hung up as Wikidata has them."""
    below = {
        AUDIOVISUAL_WORK: (FILM, SERIES, VIDEO_GAME),
        FILM: (SHORT_FILM, TELEVISION_FILM),
        SERIES: (MINISERIES,),
        WRITTEN_WORK: (LITERARY_WORK, MANGA, BOOK_SERIES),
        LITERARY_WORK: (NOVEL, SHORT_STORY),
    }
    return "".join(triples(child, P279=parent) for parent, children in below.items() for child in children)


def _line(qid: int, property_: str, value: str) -> str:
    return f"<{ENTITY}{qid}> <{property_}> {value} .\n"


def _term(value: Value) -> str:
    if isinstance(value, int):
        return f"<{ENTITY}{value}>"
    if isinstance(value, Iri):
        return f"<{value.value}>"
    if isinstance(value, Title):
        return f"{_quoted(value.text)}@{value.language}"
    if isinstance(value, Date):
        return f'"{value.literal}"^^<{DATE_TIME}>'
    return _quoted(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return '"' + "".join(f"\\u{ord(sign):04X}" if sign < " " else sign for sign in escaped) + '"'
