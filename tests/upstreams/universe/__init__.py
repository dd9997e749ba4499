"""A TMDb and an Open Library that hold what Wikidata's side knows, and more: made from N-Triples, with a seed.

    universe = make(Path("extract.nt.gz"), folder, options=Options(tmdb_ids=0.6))
    TmdbLab(universe.catalogue())            # the two upstreams
    OxigraphServer(universe.triples)         # Wikidata, with the labels and ids that the extract lacks
    universe.cases()                         # what is to be matched with what

Every screen item has a title under a number of its own, a share excepted. How it differs from Wikidata's
words for it, and what stands around it to be taken for it, is told by `TmdbTitle.odd`.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.upstreams.catalogue import Catalogue, OpenLibraryRecord, TmdbTitle, write
from tests.upstreams.universe.books import Books
from tests.upstreams.universe.completion import completed
from tests.upstreams.universe.decoys import Decoys
from tests.upstreams.universe.facts import read
from tests.upstreams.universe.films import Films
from tests.upstreams.universe.options import Options
from tests.upstreams.universe.people import People
from tests.upstreams.universe.wikidata_side import extra_triples

__all__ = ["Case", "Options", "Universe", "make"]


@dataclass(frozen=True, slots=True)
class Case:
    """One screen item, as Wikidata's side tells it, and its title at TMDb."""

    qid: int
    kind: str
    """movie or tv: TMDb's word for Wikidata's class."""
    title: str
    original_title: str
    """Empty where Wikidata's side has none."""
    year: int | None
    language: str
    directors: tuple[str, ...]
    short: bool
    imdb: tuple[str, ...]
    answer: tuple[str, int] | None
    """Kind and number of its title; None where TMDb does not have it."""
    odd: tuple[str, ...]
    """What its title was given on purpose: "year-off", "translated", "respelt", … (see `films`)."""
    around: tuple[str, ...] = ()
    """What stands around it to be taken for it: "decoy-remake", "decoy-same-name", … (see `decoys`)."""


@dataclass(frozen=True)
class Universe:
    """The files of one universe: the catalogue, and all triples of Wikidata's side."""

    path: Path
    extra: Path
    source: Path
    options: Options

    def catalogue(self) -> Catalogue:
        """Read anew, so that nobody sees another's changes."""
        return Catalogue.read(self.path)

    @property
    def triples(self) -> tuple[Path, Path]:
        """What Wikidata's side serves."""
        return self.source, self.extra

    def cases(self, catalogue: Catalogue | None = None) -> Iterator[Case]:
        """Every screen item, in the order of numbers."""
        facts, originals = read(self.source), read(self.extra).originals
        people = People(facts.names, seed=self.options.seed)
        found = catalogue or self.catalogue()
        titles = {title.of: title for title in found.titles.values() if title.of is not None}
        around: defaultdict[int, set[str]] = defaultdict(set)
        for title in found.titles.values():
            if title.beside is not None:
                around[title.beside].update(title.odd)
        for item in completed(facts, self.options):
            its = titles.get(item.qid)
            yield Case(
                qid=item.qid,
                kind=item.kind,
                title=item.label,
                original_title=item.original_title or originals.get(item.qid, ""),
                year=item.year,
                language=item.language,
                directors=tuple(map(people.name, item.directors)),
                short=item.short,
                imdb=item.imdb,
                answer=(its.kind, its.id) if its else None,
                odd=its.odd if its else ("absent",),
                around=tuple(sorted(around[item.qid])),
            )


def make(source: Path, folder: Path, *, options: Options | None = None) -> Universe:
    """The universe of these triples, made in `folder` unless it is there already."""
    options = options or Options()
    name = hashlib.sha256(f"{_code()} {_digest(source)} {asdict(options)}".encode()).hexdigest()[:16]
    universe = Universe(folder / f"universe-{name}.jsonl", folder / f"universe-{name}.nt", source, options)
    if not universe.path.exists():
        _make(universe)
    return universe


def _make(universe: Universe) -> None:
    options, facts = universe.options, read(universe.source)
    people = People(facts.names, seed=options.seed)
    films, books, screen = Films(people, options), Books(people, options), completed(facts, options)
    titles = {item.qid: films.title(item) for item in screen if not films.is_absent(item)}
    decoys = Decoys(films, people, options)
    around = [decoy for item in screen for decoy in decoys.around(item)]
    works = [record for book in facts.books for record in books.records(book)]
    extra = "".join(extra_triples(facts, screen, titles, books, people, options))
    draft = universe.extra.with_suffix(f".{os.getpid()}.part")
    draft.write_text(extra, encoding="utf-8")
    draft.replace(universe.extra)
    entries: list[TmdbTitle | OpenLibraryRecord] = [*sorted([*titles.values(), *around], key=_order), *works]
    write(universe.path, entries, options=asdict(options), titles=len(titles), decoys=len(around), works=len(works))


def _order(title: TmdbTitle) -> tuple[str, int]:
    return title.kind, title.id


def _code() -> str:
    """A digest of what makes universes: another code makes another one."""
    files = [*Path(__file__).parent.glob("*.py"), *Path(__file__).parent.parent.glob("invented.*")]
    return _digest(*sorted(files))


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
