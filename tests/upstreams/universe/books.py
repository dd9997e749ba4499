"""A source of a screen work → what Open Library has for it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.upstreams.catalogue import OpenLibraryRecord
from tests.upstreams.invented import Dice, name
from tests.upstreams.universe.facts import BookItem
from tests.upstreams.universe.numbers import Numbers
from tests.upstreams.universe.options import Options
from tests.upstreams.universe.people import People
from tests.upstreams.universe.spelling import invented_title, respelt

LANGUAGES = (("eng",), ("eng",), ("eng", "fre"), ("eng", "spa", "ger"), ("fre",), ("ger",), ("jpn", "eng"), ())


class Books:
    """Makes works; one that was merged into another keeps its old key as a redirect."""

    def __init__(self, people: People, options: Options) -> None:
        self._people = people
        self._options = options
        self._works = Numbers("works", options.seed, 1_000, 45_000_000)
        self._authors = Numbers("authors", options.seed, 10_000, 15_000_000)

    def label(self, book: BookItem) -> str:
        """What Wikidata's side calls it, or would."""
        return book.label or book.original_title or invented_title(self._dice(book, "label"))

    def keys(self, book: BookItem) -> tuple[str, ...]:
        """The keys of a book: the work's own, after it one that was merged away; none where it is not there."""
        dice = self._dice(book, "keys")
        if dice.hits(self._options.open_library_absent):
            return ()
        old = [f"OL{self._works.of((book.qid, 'old'))}W"] if dice.hits(0.03) else []
        return (f"OL{self._works.of(book.qid)}W", *old)

    def records(self, book: BookItem) -> Iterator[OpenLibraryRecord]:
        dice, keys = self._dice(book, "record"), self.keys(book)
        if not keys:
            return
        title = self.label(book)
        year = book.year + (0 if dice.hits(0.85) else dice.between(-2, 6)) if book.year else None
        yield OpenLibraryRecord(
            key=keys[0],
            title=respelt(dice, title) if dice.hits(0.2) else title,
            year=year or (None if dice.hits(0.3) else dice.between(1850, 2015)),
            authors=tuple((f"OL{self._authors.of(who)}A", who) for who in self._author_names(book)),
            languages=dice.one(LANGUAGES),
            of=book.qid,
        )
        for old in keys[1:]:
            yield OpenLibraryRecord(key=old, redirect=keys[0], of=book.qid)

    def _author_names(self, book: BookItem) -> tuple[str, ...]:
        known = (*map(self._people.name, book.authors), *book.author_names)
        return known or (name("author", self._options.seed, book.qid),)

    def _dice(self, book: BookItem, about: str) -> Dice:
        return Dice(self._options.seed, "book", book.qid, about)
