"""The real extract through the real client, beside a recount that shares no code with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adaptapedia.sources.errors import TimedOut
from adaptapedia.sources.wikidata import parse
from adaptapedia.sources.wikidata.client import WikidataClient
from adaptapedia.sources.wikidata.kinds import ClassTree
from adaptapedia.sources.wikidata.records import Edge
from tests.integration.sources.wikidata.conftest import Connect
from tests.recount import recount
from tests.upstreams.oxigraph import OxigraphServer
from tests.upstreams.wikidata import FaultProxy

pytestmark = pytest.mark.extract


def read_edges(client: WikidataClient, *, limit: int) -> Iterator[Edge]:
    cursor = None
    while True:
        part = client.edges_after(cursor, limit=limit)
        yield from part.edges
        if len(part.edges) == part.remaining:
            return
        cursor = part.edges[-1]


def test_every_pair_and_every_name_of_the_extract_is_read(
    extract: Path, wikidata_extract: FaultProxy, connect: Connect
) -> None:
    client, counted = connect(wikidata_extract), recount(extract)
    edges = list(read_edges(client, limit=2_000))
    qids = sorted({qid for edge in edges for qid in (edge.subject, edge.source)})
    items = {item.qid: item for start in range(0, len(qids), 250) for item in client.items(qids[start : start + 250])}
    named = {qid for qid, item in items.items() if item.label}

    assert len(edges) == 7_737
    assert {(edge.subject, edge.source) for edge in edges} == counted.pairs
    assert named == counted.named & set(qids)
    assert {qid for qid, item in items.items() if item.exists} == counted.subjects & set(qids)
    tree = ClassTree(client.class_edges())
    both = [edge for edge in edges if {edge.subject, edge.source} <= named]
    adaptations = [edge for edge in both if tree.written_form(items[edge.source].classes)]
    remakes = [edge for edge in both if tree.screen_kind(items[edge.source].classes)]
    assert (len(adaptations), len(remakes), len(edges) - len(both)) == (2_442, 84, 5_211)
    assert all(tree.screen_kind(items[edge.subject].classes) for edge in edges)


def test_a_query_that_oxigraph_itself_stops_has_timed_out(extract: Path, connect: Connect) -> None:
    """Its limit is in whole seconds, so the query that meets it is one that never ends."""
    endless = "SELECT * { ?item ?p ?v . ?a ?b ?v . ?a ?c ?d . ?d ?e ?f FILTER(STRLEN(STR(?f)) > 1000) }"
    with OxigraphServer(extract, timeout_s=1) as server:
        client = connect(server.url)
        with pytest.raises(TimedOut, match="in the middle of its answer") as caught:
            client._ask(endless, parse.statements, insist=False)

    assert "The SPARQL operation has been cancelled" in caught.value.evidence
