"""The sweeps of `benchmarks/scale.py` are real ones: its graph is read whole, replayed and read where it changed."""

import pytest
from django.test import override_settings

from adaptapedia.catalogue.models import Adaptation, ScreenExternalId, ScreenWork, Work
from benchmarks.graph import Graph
from benchmarks.scale import rows_written_since, swept, transaction_mark


@pytest.mark.django_db(transaction=True)
@override_settings(DEBUG=False)
def test_a_drawn_graph_is_swept_whole_replayed_without_a_row_and_read_where_it_changed() -> None:
    graph = Graph(700)
    _, new = swept(graph, 1, whole=True)
    assert Adaptation.objects.count() == graph.edge_count() == new["adaptations"]["created"]
    assert Work.objects.count() == len({edge.source for edge in graph.edges_after(None, limit=2_000).edges})
    assert new["rejected"] == {}
    assert set(ScreenExternalId.objects.values_list("scheme", flat=True)) == {"imdb", "tmdb_movie"}

    mark = transaction_mark()
    _, replayed = swept(graph, 2, whole=True)
    assert rows_written_since(mark) == 0
    assert replayed["screen_works"]["unchanged"] == ScreenWork.objects.count()

    graph.change()
    _, changed = swept(graph, 3, whole=False)
    assert 0 < changed["works"]["updated"] + changed["screen_works"]["updated"] < 40
