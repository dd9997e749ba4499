"""What one version keeps in the cache is not taken for its own by another."""

from dataclasses import make_dataclass

from adaptapedia.catalogue.highlights import MOST_ADAPTED_KEY, Highlight, anniversaries_key
from adaptapedia.catalogue.shapes import key_of
from adaptapedia.catalogue.statistics import SPREAD_KEY

OLD = make_dataclass("Highlight", [("pk", int), ("title", str)])


def test_a_shape_has_one_key_and_another_shape_another() -> None:
    same = make_dataclass("Renamed", [("pk", int), ("title", str)])
    wider = make_dataclass("Highlight", [("pk", int), ("title", str), ("slug", str)])
    retyped = make_dataclass("Highlight", [("pk", str), ("title", str)])
    assert key_of("x", OLD) == key_of("x", same)
    assert len({key_of("x", shape) for shape in (OLD, wider, retyped)}) == 3


def test_what_the_pages_keep_goes_by_the_shape() -> None:
    assert key_of("most_adapted", Highlight) == MOST_ADAPTED_KEY != key_of("most_adapted", OLD)
    assert anniversaries_key(2026) != anniversaries_key(2027)
    assert SPREAD_KEY.startswith("spread_of_adaptations.")
