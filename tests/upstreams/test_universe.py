"""The universe: everything of the extract under numbers of its own, as odd as it says, and the same for ever."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from tests.upstreams.catalogue import Catalogue, OpenLibraryRecord, TmdbTitle, line, write
from tests.upstreams.titles import film, series, work
from tests.upstreams.triples import BOOK_SERIES, FILM, HUMAN, NOVEL, SERIES, Date, class_tree, triples
from tests.upstreams.universe import Options, Universe, make
from tests.upstreams.universe.facts import read
from tests.upstreams.universe.starter import starter_triples
from tests.upstreams.whole import universe_in


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Four hundred films of one book, every tenth a series; one is without a name, one without anything else."""
    texts = [class_tree(), triples(1, label="Dune", P31=NOVEL, P577=Date(1965), P50=2)]
    texts += [triples(2, label="Frank Herbert", P31=HUMAN), triples(3000, P31=BOOK_SERIES)]
    for number in range(1000, 1400):
        kind, shown = SERIES if number % 10 == 0 else FILM, Date(1966 + number % 50)
        texts.append(triples(number, label=f"The {number}th: Café", P31=kind, P144=1, P577=shown, P57=3))
    texts += [triples(2000, P31=FILM, P144=1), triples(2001, label="Alone", P31=FILM)]
    path = tmp_path / "facts.nt"
    path.write_text("".join(texts), encoding="utf-8")
    return path


def answers(universe: Universe) -> dict[int, TmdbTitle]:
    return {title.of: title for title in universe.catalogue().titles.values() if title.of is not None}


def test_the_same_facts_and_options_make_the_same_files(source: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        universe = make(source, tmp_path / name)
        made.append((universe.path.read_bytes(), universe.extra.read_bytes()))
    (tmp_path / "three").mkdir()
    other = make(source, tmp_path / "three", options=Options(seed=2))

    assert made[0] == made[1]
    assert other.path.read_bytes() != made[0][0]


def test_what_is_there_is_not_made_again(source: Path, tmp_path: Path) -> None:
    first = make(source, tmp_path)
    written = first.path.stat().st_mtime_ns

    assert make(source, tmp_path).path.stat().st_mtime_ns == written
    assert make(source, tmp_path, options=Options(absent=0.5)).path != first.path


def test_every_item_has_a_title_of_its_kind_unless_it_is_absent(source: Path, tmp_path: Path) -> None:
    universe = make(source, tmp_path, options=Options(absent=0.25))
    cases = list(universe.cases())
    there = [case for case in cases if case.answer]

    assert [case.qid for case in cases] == [*range(1000, 1400), 2000, 2001]
    assert len(cases) - len(there) == pytest.approx(100, abs=35)
    assert all(case.kind == case.answer[0] for case in there if case.answer and "other-kind" not in case.odd)
    assert {case.kind for case in cases if case.qid % 10 == 0 and case.qid < 2000} == {"tv"}


def test_nothing_is_absent_and_nothing_stands_around_where_nothing_shall(source: Path, tmp_path: Path) -> None:
    quiet = Options(absent=0, same_names=0, remakes=0, making_ofs=0, sequels=0, other_kinds=0, shorts=0, same_hands=0)
    universe = make(source, tmp_path, options=quiet)

    assert len(universe.catalogue().titles) == len(answers(universe)) == 402


def test_a_case_tells_what_stands_around_it(source: Path, tmp_path: Path) -> None:
    universe = make(source, tmp_path, options=Options(remakes=1, same_names=0.5))
    decoys = [title for title in universe.catalogue().titles.values() if title.of is None]
    around = {case.qid: case.around for case in universe.cases()}

    assert {title.beside for title in decoys} <= around.keys()
    assert all("decoy-remake" in kinds for qid, kinds in around.items() if qid != 2000)
    assert all(title.odd[0] in around[title.beside] for title in decoys if title.beside)
    assert 100 < sum("decoy-same-name" in kinds for kinds in around.values()) < 300


def test_numbers_tell_nothing_of_items(source: Path, tmp_path: Path) -> None:
    found = answers(make(source, tmp_path))
    numbers = [found[qid].id for qid in sorted(found)]
    rising = sum(one < two for one, two in pairwise(numbers))

    assert rising / len(numbers) == pytest.approx(0.5, abs=0.1)
    assert len({(title.kind, title.id) for title in found.values()}) == len(found)


def test_what_is_odd_is_as_it_says(source: Path, tmp_path: Path) -> None:
    universe = make(source, tmp_path, options=Options(absent=0, year_off=0.3, respelt=1.0, other_languages=0))
    found, cases = answers(universe), {case.qid: case for case in universe.cases()}
    off = [(found[qid].year or 0) - (case.year or 0) for qid, case in cases.items() if "year-off" in case.odd]
    same = [found[qid].year == case.year for qid, case in cases.items() if case.odd == ("respelt",)]

    assert {*off} == {1, -1}
    assert len(off) == pytest.approx(120, abs=40)
    assert all(same)
    assert any(found[qid].title == f"The {qid}th - Café" for qid in cases)
    assert any(found[qid].title == f"The {qid}th: Cafe" for qid in cases)


def test_what_stands_around_an_item_is_nobodys_answer(source: Path, tmp_path: Path) -> None:
    universe = make(source, tmp_path, options=Options(same_names=1.0, making_ofs=1.0, remakes=1.0, absent=0))
    titles = universe.catalogue().titles.values()
    decoys = [title for title in titles if title.of is None]
    reasons = Counter(title.odd[0] for title in decoys)

    assert reasons["decoy-making-of"] == reasons["decoy-remake"] == 402
    assert reasons["decoy-same-name"] >= 402
    assert {title.imdb for title in decoys} == {title.wikidata for title in decoys} == {""}
    by_the_same = {"decoy-sequel", "decoy-same-hand"}
    directors = {person for title in answers(universe).values() for person in title.directors}
    assert not directors & {person for title in decoys for person in title.directors if title.odd[0] not in by_the_same}


def test_the_extra_triples_complete_what_is_not_named_and_tell_ids(source: Path, tmp_path: Path) -> None:
    universe = make(source, tmp_path, options=Options(absent=0, tmdb_ids=1.0, completed=1.0, open_library_absent=0))
    extra = universe.extra.read_text(encoding="utf-8")
    (unnamed,) = [case for case in universe.cases() if case.qid == 2000]
    film = answers(universe)[2000]

    assert f'Q2000> <http://www.w3.org/2000/01/rdf-schema#label> "{unnamed.title}"@en' in extra
    assert f'Q2000> <http://www.wikidata.org/prop/direct/P4947> "{film.id}"' in extra
    assert unnamed.year is not None
    assert len(unnamed.directors) == 1
    assert f'"{unnamed.directors[0]}"@en' in extra
    assert "Q2001> <http://www.wikidata.org/prop/direct/P577>" not in extra  # real gaps stay


def test_external_ids_can_be_withheld(source: Path, tmp_path: Path) -> None:
    universe = make(source, tmp_path, options=Options(no_external_ids=True, tmdb_ids=0))

    assert {(title.imdb, title.wikidata) for title in universe.catalogue().titles.values()} == {("", "")}
    assert "P4947" not in universe.extra.read_text(encoding="utf-8")


def test_a_catalogue_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    entries: list[TmdbTitle | OpenLibraryRecord] = [
        film(1, "Dune", date="1984-12-14", directors="David Lynch", also=("Duna",), overview="Sand."),
        series(1, "Dune", cast=("Emily Watson", "Olivia Williams"), ended="2025-01-01"),
        work(1, "Dune", year=1965, authors="Frank Herbert", languages=("eng",)),
        work(2, redirect="OL1W"),
    ]
    write(tmp_path / "catalogue.jsonl", entries, made="by hand")
    read_back = Catalogue.read(tmp_path / "catalogue.jsonl")

    assert read_back.header["made"] == "by hand"
    assert [*read_back.titles.values(), *read_back.works.values()] == entries
    assert line(entries[3]) == {"kind": "work", "key": "OL2W", "redirect": "OL1W"}


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_text(json.dumps({"lab": 99}) + "\n")

    with pytest.raises(ValueError, match="no catalogue file of version 1"):
        Catalogue.read(tmp_path / "other.jsonl")


def test_without_an_extract_the_starter_catalogue_is_the_universe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.upstreams.whole.EXTRACT", tmp_path / "nothing")
    universe = universe_in(tmp_path / "lab")
    facts = read(starter_triples())
    (found,) = [case for case in universe.cases() if case.title == "12 Angry Men"]

    assert len(facts.screen) > 400
    assert len(facts.books) > 200
    assert (found.year, found.directors) == (1957, ("Sidney Lumet",))


@pytest.mark.extract
def test_the_universe_of_the_extract_holds_every_screen_item(universe: Universe) -> None:
    catalogue = universe.catalogue()
    cases = list(universe.cases(catalogue))
    odd = Counter(one for case in cases for one in case.odd)
    named: Counter[tuple[str, str]] = Counter((case.kind, case.title) for case in cases)

    assert len(cases) == 33_077
    assert odd["absent"] == pytest.approx(3_308, abs=150)
    assert odd["year-off"] == pytest.approx(0.04 * 28_000, abs=150)
    assert all(
        odd[one] > 50
        for one in ("respelt", "translated", "no-date", "other-kind", "other-language", "found-by-another-title")
    )
    assert sum(number for number in named.values() if number > 1) > 2_500
    assert all(case.title for case in cases)
    assert len(catalogue.works) > 4_500
