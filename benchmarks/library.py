"""A catalogue of any size for the benchmark of the web: N works, 2N screen works, N people, and what ties them.

Drawn with a seed, so that two runs read the same rows. In the proportions of the real graph where the extract
knows them (see benchmarks/pairs.py): 54% of the screen works bear the title of their book, adaptations a book
follow a power law that ends at 55 (and one book in 5,000 has those 55), one screen work in twenty is a remake.
Words of titles have Zipf's frequencies: "the" stands in many, half of the words in few. Slugs, sort keys and
search texts are made by the code that ingestion uses. Rows go in by COPY, every index in place.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from adaptapedia.catalogue.derived import search_text, sort_key
from adaptapedia.kit.text import slugify

SMALL_WORDS = "the of and in a to for on from with".split()
SYLLABLES = (
    "ba be bi bo bra cal can cor da del den do dra el en er fa fen fi fo gal gar ger go gra ha hel hin ho il in is "
    "jo ka ken kin la len lis lo ma mar mel mi mor na ner ni no or pa per pi po ra ren ri ro sa sel sen si so sta ta "
    "ten ti tor tra ul va ven vi vo wal wen wil wo za"
).split()
ACCENTED = "château größe łódź première señor été över naïve".split()
OTHER_SCRIPTS = "ночь весна сад море 夜 海 猫 風 ليل بحر".split()
FORMS = ("novel", "novel", "novel", "novella", "short_story", "play", "comic", "manga", "book")
KINDS = ("film", "film", "film", "television_film", "short", "series", "miniseries")
LANGUAGES = ("en", "en", "en", "fr", "de", "es", "ja", "it", "ru")
MOST_ADAPTATIONS = 55
FIRST_DAY = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 100
WORDS = 20_000


class Words:
    """A vocabulary whose n-th word is drawn n times as rarely as the first."""

    def __init__(self, chance: random.Random) -> None:
        made: dict[str, None] = dict.fromkeys(SMALL_WORDS)
        while len(made) < WORDS:
            made["".join(chance.choices(SYLLABLES, k=chance.choice((1, 2, 2, 3))))] = None
        self._all = [*made]
        self._long = self._all[len(SMALL_WORDS) :]
        self._weights = [*accumulate(1 / rank for rank in range(1, len(self._all) + 1))]
        self._chance = chance

    def title(self) -> str:
        words = self._chance.choices(self._all, cum_weights=self._weights, k=self._chance.choice((1, 2, 2, 3, 3, 4, 5)))
        drawn = self._chance.random()
        if drawn < 0.01:
            words[-1] = self._chance.choice(OTHER_SCRIPTS)
        elif drawn < 0.04:
            words[-1] = self._chance.choice(ACCENTED)
        return " ".join(words).title()

    def name(self) -> str:
        return " ".join(self._chance.choices(self._long, k=2)).title()


@dataclass(frozen=True, slots=True)
class Entry:
    """What later rows need to know of a work or screen work."""

    title: str
    year: int | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A screen work and what it is made from: a work, or another screen work."""

    screen: int
    work: int | None
    original: int | None


def fill(works: int, *, seed: int = 1) -> None:
    """Write a catalogue of so many works into the empty tables, and tell the planner of it."""
    from django.db import connection

    from adaptapedia.catalogue import models

    chance = random.Random(seed)
    words = Words(chance)
    pairs = [*_pairs(works, chance)]
    books: list[Entry] = []
    _copy(models.Person, PERSON, _people(works, words, chance))
    _copy(models.Work, WORK, _works(works, words, chance, books))
    _copy(models.ScreenWork, SCREEN_WORK, _screen_works(2 * works, words, chance, books, pairs))
    with connection.cursor() as cursor:  # the keys below are drawn from the rows above: no need to look each up
        cursor.execute("SET session_replication_role = replica")
    _copy(models.WorkCredit, ("work_id", *CREDIT), _work_credits(works, words, chance))
    _copy(models.ScreenCredit, ("screen_work_id", *CREDIT), _screen_credits(works, words, chance))
    _copy(models.WorkExternalId, ("work_id", *EXTERNAL_ID), _work_ids(works, chance))
    _copy(models.ScreenExternalId, ("screen_work_id", *EXTERNAL_ID), _screen_ids(2 * works, chance))
    _copy(models.PersonExternalId, ("person_id", *EXTERNAL_ID), _person_ids(works, chance))
    _copy(models.Adaptation, ADAPTATION, _adaptations(pairs))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
    _keep_history(works)
    _settle()


ENTRY = (
    "id", "wikidata_id", "wikidata_digest", "slug", "sort_key", "search_text", "provenance", "created_at", "updated_at",
)  # fmt: skip
TITLED = (
    *ENTRY, "title", "title_language", "original_title", "original_language", "year", "countries", "genres", "series",
)  # fmt: skip
WORK = (*TITLED, "form")
SCREEN_WORK = (*TITLED, "kind", "end_year")
PERSON = (*ENTRY, "name", "name_language", "birth_year", "death_year")
CREDIT = ("person_id", "name", "role", "position", "source")
EXTERNAL_ID = ("scheme", "value", "source")
ADAPTATION = (
    "screen_work_id", "work_id", "original_id", "relation", "source", "confidence", "run_id", "first_seen_at",
)  # fmt: skip
Row = Sequence[Any]


def _copy(model: Any, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """COPY rows into a model's table; columns that they lack get the default of their field."""
    from django.db import connection

    fields = [field for field in model._meta.concrete_fields if field.column not in {"id", *columns}]
    rest = tuple("{}" if (value := field.get_default()) == {} else value for field in fields)
    names = ", ".join([*columns, *(field.column for field in fields)])
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as target:
            for row in rows:
                target.write_row((*row, *rest))
        if "id" in columns:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{model._meta.db_table}', 'id'), max(id)) "
                f"FROM {model._meta.db_table}"
            )


class _Slugs:
    """As `ingest.slugs` gives them: the plain one, with the year, with the item."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, title: str, year: int | None, item: int) -> str:
        plain = slugify(title) or f"q{item}"
        forms = (plain, f"{plain}-{year}", f"{plain}-q{item}") if year else (plain, f"{plain}-q{item}")
        slug = next(form for form in forms if form not in self._taken)
        self._taken.add(slug)
        return slug


def _pairs(works: int, chance: random.Random) -> Iterator[Pair]:
    """Which screen work is made from what. Screen works are shuffled: a book's do not lie beside one another."""
    screens = [*range(1, 2 * works + 1)]
    chance.shuffle(screens)
    remakes = works // 10
    made_first = screens[remakes:]
    free = iter(made_first)
    counts = [*range(1, MOST_ADAPTATIONS + 1)]
    weights = [*accumulate(count**-2.2 for count in counts)]
    for work in range(1, works + 1):
        drawn = chance.choices(counts, cum_weights=weights)[0] if chance.random() < 0.9 else 0
        for _ in range(MOST_ADAPTATIONS if work % 5_000 == 1 else drawn):
            if (screen := next(free, None)) is not None:
                yield Pair(screen, work, None)
    for screen in screens[:remakes]:
        yield Pair(screen, None, chance.choice(made_first))
    for screen in free:  # nobody's yet: one source each, as in the real graph
        yield Pair(screen, chance.randint(1, works), None)


def _entry(row: int, base: int, slug: str, title: str, original: str, language: str, rows: int) -> Row:
    at = (FIRST_DAY + timedelta(days=DAYS) * (row / rows)).isoformat()
    provenance = f'{{"*": ["wikidata", {1 + DAYS * row // (rows + 1)}, "{at}"]}}'
    digest = hash((base, row))
    found_by = search_text(title, original)
    return (row, base + row, digest, slug, sort_key(title, language), found_by, provenance, at, at)


def _people(people: int, words: Words, chance: random.Random) -> Iterator[Row]:
    slugs = _Slugs()
    for row in range(1, people + 1):
        name = words.name()
        born = chance.randint(1750, 1995)
        died = born + chance.randint(40, 90)
        entry = _entry(row, 20_000_000, slugs.give(name, born, 20_000_000 + row), name, "", "en", people)
        yield (*entry, name, "en", born, died if died < 2026 else None)


def _works(works: int, words: Words, chance: random.Random, books: list[Entry]) -> Iterator[Row]:
    slugs = _Slugs()
    for row in range(1, works + 1):
        book = Entry(words.title(), chance.randint(1780, 2022) if chance.random() < 0.9 else None)
        books.append(book)
        yield (*_titled(row, 1_000_000, book, works, slugs, words, chance), chance.choice(FORMS))


def _screen_works(
    screens: int, words: Words, chance: random.Random, books: list[Entry], pairs: Iterable[Pair]
) -> Iterator[Row]:
    sources = {pair.screen: books[pair.work - 1] for pair in pairs if pair.work is not None}
    slugs = _Slugs()
    for row in range(1, screens + 1):
        book = sources.get(row)
        title = book.title if book and chance.random() < 0.54 else words.title()
        year = min((book.year if book and book.year else 1930) + chance.randint(1, 90), 2026)
        shown = Entry(title, max(year, 1896))
        kind = chance.choice(KINDS)
        end = year + 3 if "series" in kind else None
        yield (*_titled(row, 5_000_000, shown, screens, slugs, words, chance), kind, end)


def _titled(row: int, base: int, shown: Entry, rows: int, slugs: _Slugs, words: Words, chance: random.Random) -> Row:
    language = chance.choice(LANGUAGES)
    original = words.title() if chance.random() < 0.3 else ""
    slug = slugs.give(shown.title, shown.year, base + row)
    entry = _entry(row, base, slug, shown.title, original, language, rows)
    genres = "{" + ",".join(map(str, sorted(chance.sample(range(1000, 1200), k=2)))) + "}"
    country = "{" + str(chance.choice((30, 142, 145, 183, 17))) + "}"
    return (*entry, shown.title, "en", original, language if original else "", shown.year, country, genres, "{}")


def _credited(people: int, words: Words, chance: random.Random, *, known: float) -> tuple[int | None, str]:
    """Somebody with an entry, some far more often than others, or somebody known by name only."""
    if chance.random() < known:
        return 1 + int(people * chance.random() ** 1.4), ""
    return None, words.name()


def _work_credits(works: int, words: Words, chance: random.Random) -> Iterator[Row]:
    for work in range(1, works + 1):
        for place in range(chance.choice((1, 1, 1, 1, 1, 1, 1, 2))):
            yield (work, *_credited(works, words, chance, known=0.9), "author", place, "wikidata")


def _screen_credits(works: int, words: Words, chance: random.Random) -> Iterator[Row]:
    for screen in range(1, 2 * works + 1):
        yield (screen, *_credited(works, words, chance, known=0.95), "director", 0, "wikidata")
        for place in range(chance.choice((0, 1, 1, 2))):
            yield (screen, *_credited(works, words, chance, known=0.95), "screenwriter", place, "wikidata")


def _work_ids(works: int, chance: random.Random) -> Iterator[Row]:
    for work in range(1, works + 1):
        if chance.random() < 0.6:
            yield (work, "open_library", f"OL{work}W", "wikidata")
        if chance.random() < 0.3:
            yield (work, "isbn", f"978{work:010d}", "wikidata")


def _screen_ids(screens: int, chance: random.Random) -> Iterator[Row]:
    for screen in range(1, screens + 1):
        yield (screen, "imdb", f"tt{screen:07d}", "wikidata")
        if chance.random() < 0.8:
            yield (screen, "tmdb_movie", str(screen), "wikidata")


def _person_ids(people: int, chance: random.Random) -> Iterator[Row]:
    for person in range(1, people + 1):
        if chance.random() < 0.7:
            yield (person, "imdb", f"nm{person:07d}", "wikidata")


def _adaptations(pairs: Sequence[Pair]) -> Iterator[Row]:
    for number, pair in enumerate(pairs):
        at = (FIRST_DAY + timedelta(days=DAYS) * (number / len(pairs))).isoformat()
        relation = "based_on" if pair.work else "remake_of"
        run = 1 + DAYS * number // len(pairs)
        yield (pair.screen, pair.work, pair.original, relation, "wikidata", 100, run, at)


def _keep_history(works: int) -> None:
    """A hundred days of figures, growing to what stands there now."""
    from adaptapedia.catalogue.statistics import count_site, keep_figures

    now = count_site(at=FIRST_DAY + timedelta(days=DAYS))
    for day in range(1, DAYS + 1):
        keep_figures(
            {name: value * day // DAYS for name, value in now.items()}, day=(FIRST_DAY + timedelta(day)).date()
        )


def _settle() -> None:
    """As autovacuum leaves a catalogue that nobody writes to: statistics, visibility map, no pending lists."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
