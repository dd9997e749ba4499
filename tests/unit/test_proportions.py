"""The graph of the benchmarks has the proportions that were counted in the extract of Wikidata."""

import json
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from adaptapedia.sources.wikidata.records import Edge
from benchmarks.graph import Graph
from benchmarks.pairs import PEOPLE, SCREENS
from benchmarks.proportions import KEPT, count, proportions
from tests.upstreams.universe.facts import read_values

PAIRS = 7_646


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph(PAIRS)


@pytest.fixture(scope="module")
def edges(graph: Graph) -> list[Edge]:
    """All of them, as a sweep reads them."""
    found: list[Edge] = []
    while (page := graph.edges_after(found[-1] if found else None, limit=1_000)).edges:
        assert page.remaining == graph.edge_count() - len(found)
        found += page.edges
    return found


def shares(times: Counter[int], at: int) -> float:
    return sum(number for value, number in times.items() if value >= at) / times.total()


def test_every_pair_is_there_once_and_in_order(graph: Graph, edges: list[Edge]) -> None:
    assert edges == sorted(set(edges))
    assert len(edges) == graph.edge_count() == pytest.approx(PAIRS, abs=7)


@pytest.mark.parametrize("pairs", [1_000, 10_000, 17_000])
def test_works_are_numbered_without_gaps_at_any_size(pairs: int) -> None:
    graph = Graph(pairs)
    works = {edge.source for edge in graph.edges_after(None, limit=pairs * 2).edges}
    assert works == set(range(1, max(works) + 1))
    assert len(graph.items(sorted(works))) == len(works)


def test_films_and_sources_are_tied_as_in_the_extract(edges: list[Edge]) -> None:
    kept = json.loads(KEPT.read_text())["distributions"]
    for name, ties in (
        ("sources_a_film", Counter(edge.subject for edge in edges)),
        ("films_a_source", Counter(edge.source for edge in edges)),
    ):
        counted = Counter({int(value): times for value, times in kept[name].items()})
        drawn = Counter(ties.values())
        assert max(drawn) >= max(counted) - 2
        for at in (2, 3, 5):
            assert shares(drawn, at) == pytest.approx(shares(counted, at), rel=0.15, abs=0.0005), name


def test_titles_years_and_credits_are_spread_as_in_the_extract(graph: Graph, edges: list[Edge]) -> None:
    of = proportions()
    films = graph.items(sorted({edge.subject for edge in edges})[:2_000])
    works = {work.qid: work for work in graph.items(sorted({edge.source for edge in edges}))}
    first = {edge.subject: works[edge.source] for edge in reversed(edges)}
    met = {
        "source_dated": sum(work.published is not None for work in works.values()) / len(works),
        "source_original": sum(work.original_title is not None for work in works.values()) / len(works),
        "screen_dated": sum(film.published is not None for film in films) / len(films),
        "same_title": sum(film.label == first[film.qid].label for film in films) / len(films),
    }
    assert met == {name: pytest.approx(of.share(name), abs=0.04) for name in met}
    authors = Counter(bool(work.authors) for work in works.values())
    assert authors[True] / len(works) == pytest.approx(262 / 1_932, abs=0.02)
    people = set(chain.from_iterable((*film.directors, *film.authors) for film in films))
    assert min(people) >= PEOPLE > SCREENS


def test_the_same_seed_draws_the_same_graph_and_another_one_another() -> None:
    one, same, other = Graph(500), Graph(500), Graph(500, seed=2)
    page = one.edges_after(None, limit=100)
    assert page == same.edges_after(None, limit=100) != other.edges_after(None, limit=100)
    qids = [edge.subject for edge in page.edges]
    assert one.items(qids) == same.items(qids) != other.items(qids)


@pytest.mark.extract
def test_what_is_kept_is_what_the_extract_says(extract: Path) -> None:
    assert count(read_values(extract)) == json.loads(KEPT.read_text())
