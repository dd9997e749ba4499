"""Every query is SPARQL 1.1 that two engines of different make understand alike: Oxigraph and rdflib.

They answer over a slice of the real extract around some of its pairs, with redirects and last changes, which the
extract lacks, beside it.
"""

import gzip
import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import rdflib
from rdflib.plugins.sparql import prepareQuery

from adaptapedia.sources.wikidata import queries
from adaptapedia.sources.wikidata.records import Edge
from tests.recount import TRIPLE
from tests.upstreams.oxigraph import OxigraphServer
from tests.upstreams.triples import DIRECT, ENTITY, UNKNOWN_VALUE, Iri, Title, triples

PAIRS = 60
TRIPLES = 2_000
BEFORE, SINCE, AFTER = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 20, 21))
BESIDE = (
    triples(
        1,
        label={"en": "Kept", "mul": "Kept", "de": "Geblieben"},
        P144=(2, 3),
        modified=datetime(2026, 1, 1, tzinfo=UTC),
    )
    + triples(
        2,
        label={"de": "Nur deutsch"},
        P1476=Title("Só em português", "pt"),
        modified=datetime(2026, 11, 21, tzinfo=UTC),
    )
    + triples(3, redirect_to=2)
    + triples(4, label="Based on something unknown", P144=Iri(UNKNOWN_VALUE))
)
NUMBERS = (1, 2, 3, 4, 99)
Asked = Callable[[list[int]], str]
QUESTIONS: dict[str, list[Asked]] = {
    "class_edges": [lambda _qids: queries.class_edges()],
    "edge_count": [lambda _qids: queries.edge_count()],
    "edges_after": [
        lambda _qids: queries.edges_after(None, limit=10_000),
        lambda qids: queries.edges_after(Edge(qids[len(qids) // 2], 0), limit=7),
    ],
    "changed_after": [
        lambda _qids: queries.changed_after(0, since=SINCE, limit=10_000),
        lambda qids: queries.changed_after(qids[len(qids) // 2], since=SINCE, limit=7),
    ],
    "details": [lambda qids: queries.details([*NUMBERS, *qids])],
    "labels": [lambda qids: queries.labels([*NUMBERS, *qids])],
}
ASKED = [pytest.param(ask, id=f"{name}-{n}") for name, asks in QUESTIONS.items() for n, ask in enumerate(asks)]
Answer = Counter[frozenset[tuple[str, str, str]]]


def test_every_query_that_we_put_is_tried_here() -> None:
    told = inspect.getmembers(queries, inspect.isfunction)
    assert {name for name, one in told if one.__module__ == queries.__name__ and name[0] != "_"} == QUESTIONS.keys()


@pytest.fixture(scope="module")
def around_pairs(extract: Path) -> str:
    """Some two thousand triples: classes, pairs and everything that is said of both sides."""
    with gzip.open(extract, "rt", encoding="utf-8") as lines:
        every = [(found, line) for line in lines if (found := TRIPLE.match(line.rstrip("\n")))]
    tree = [line for found, line in every if found[2] == f"{DIRECT}P279"]
    pairs = [(found[1], found[3]) for found, _ in every if found[2] == f"{DIRECT}P144"]
    sides = {side for pair in pairs[:: max(1, len(pairs) // PAIRS)][:PAIRS] for side in pair}
    said = [line for found, line in every if found[1] in sides]
    return "".join([*tree, *said][:TRIPLES]) + BESIDE.replace("+00:00", "Z")


@pytest.fixture(scope="module")
def qids(around_pairs: str) -> list[int]:
    """The items on either side of a pair."""
    found = (TRIPLE.match(line) for line in around_pairs.splitlines())
    pairs = [(match[1], match[3]) for match in found if match and match[2] == f"{DIRECT}P144" and match[3]]
    return sorted({int(side.removeprefix(ENTITY)) for pair in pairs for side in pair if side.startswith(ENTITY)})


@pytest.fixture(scope="module")
def oxigraph(around_pairs: str) -> Iterator[Callable[[str], Answer]]:
    with OxigraphServer(around_pairs) as server:

        def ask(query: str) -> Answer:
            headers = {"Accept": "application/sparql-results+json"}
            answer = httpx.post(server.url, data={"query": query}, headers=headers, timeout=120).raise_for_status()
            return Counter(map(_told, answer.json()["results"]["bindings"]))

        yield ask


@pytest.fixture(scope="module")
def rdflib_graph(around_pairs: str) -> Iterator[Callable[[str], Answer]]:
    """Literals stay as they are written: rdflib would spell dates its own way."""

    def ask(query: str) -> Answer:
        return Counter(
            frozenset((str(name), *_term(value)) for name, value in row.asdict().items()) for row in graph.query(query)
        )

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rdflib, "NORMALIZE_LITERALS", False)
        graph = rdflib.Graph().parse(data=around_pairs, format="nt")
        yield ask


@pytest.mark.extract
@pytest.mark.parametrize("asked", ASKED)
def test_two_engines_answer_alike(
    asked: Asked, qids: list[int], oxigraph: Callable[[str], Answer], rdflib_graph: Callable[[str], Answer]
) -> None:
    query = asked(qids)
    answer = oxigraph(query)
    assert sum(answer.values()) >= 1
    assert rdflib_graph(query) == answer


@pytest.mark.parametrize("asked", ASKED)
def test_every_query_follows_the_grammar_of_the_standard(asked: Asked) -> None:
    query = asked([5, 6, 7])
    prepareQuery(query)
    assert not {"hint:", "SERVICE", "OFFSET"} & set(query.split())


def _told(binding: dict[str, Any]) -> frozenset[tuple[str, str, str]]:
    return frozenset((name, term["value"], term.get("xml:lang", "").lower()) for name, term in binding.items())


def _term(value: Any) -> tuple[str, str]:
    return str(value), (getattr(value, "language", None) or "").lower()
