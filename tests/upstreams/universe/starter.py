"""The starter catalogue as N-Triples, for where there is no extract of Wikidata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adaptapedia.ingest.starter.facts import Facts, starter_facts
from adaptapedia.sources.wikidata.languages import LANGUAGES
from adaptapedia.sources.wikidata.records import Item
from tests.upstreams.triples import (
    AUDIOVISUAL_WORK,
    FILM,
    HUMAN,
    LITERARY_WORK,
    MANGA,
    MINISERIES,
    NOVEL,
    SERIES,
    SHORT_FILM,
    SHORT_STORY,
    TELEVISION_FILM,
    WRITTEN_WORK,
    Date,
    Title,
    class_tree,
    triples,
)

KINDS = {"film": FILM, "television_film": TELEVISION_FILM, "short": SHORT_FILM} | {
    "series": SERIES, "miniseries": MINISERIES, "other": AUDIOVISUAL_WORK,
}  # fmt: skip
FORMS = {"novel": NOVEL, "short_story": SHORT_STORY, "manga": MANGA, "written_work": WRITTEN_WORK}
"""Form → class; of a form that is not here, literary work."""


def starter_triples() -> str:
    """All that the starter catalogue says, in the shape of Wikidata's own graph; not who is known by name alone."""
    return "".join([class_tree(), *_lines(starter_facts())])


def _lines(facts: Facts) -> Iterator[str]:
    made_from: dict[int, list[int]] = {}
    for pair in facts.pairs:
        made_from.setdefault(pair.subject, []).append(pair.source)
    for person in facts.people:
        yield triples(person.qid, **_named(person), P31=HUMAN)
    for item, form in facts.works:
        authors: dict[str, Any] = {"P50": list(item.authors), "P2093": list(item.author_names)}
        yield triples(item.qid, **_named(item), **_dated(item), P31=FORMS.get(form, LITERARY_WORK), **authors)
    for item, kind in facts.screen_works:
        made: dict[str, Any] = {
            "P57": list(item.directors),
            "P170": list(item.creators),
            "P144": made_from.get(item.qid, []),
        }
        yield triples(item.qid, **_named(item), **_dated(item), P31=KINDS[kind], **made)


def _named(item: Item) -> dict[str, Any]:
    names: dict[str, Any] = {"label": item.label.text if item.label else None}
    if item.original_title:
        names["P1476"] = Title(item.original_title.text, item.original_title.language)
    return names


def _dated(item: Item) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if item.published is not None:
        values["P577"] = Date(item.published)
    if item.ended is not None:
        values["P582"] = Date(item.ended)
    numbers = [number for number, tag in LANGUAGES.items() if tag == item.language]
    if numbers:
        values["P364"] = numbers[0]
    return values
