import pytest

from adaptapedia.sources.wikidata.kinds import ClassTree
from adaptapedia.sources.wikidata.records import ClassEdge

AUDIOVISUAL, LITERARY, WRITTEN = 2431196, 7725634, 47461344
TREE = ClassTree(
    ClassEdge(child, parent)
    for child, parent in [
        (11424, AUDIOVISUAL), (24862, 11424), (506240, 11424), (202866, 11424), (506240, 15416),
        (15416, AUDIOVISUAL), (5398426, 15416), (1259759, 5398426), (581714, 5398426), (63952888, 581714),
        (7889, AUDIOVISUAL), (9001, 7889), (9002, 11424), (9002, 9003), (9003, 5398426),
        (9004, AUDIOVISUAL), (9004, 9005), (9005, 24862), (9101, 9102), (9102, 9103), (9103, 9101), (9103, 11424),
        (LITERARY, WRITTEN), (8261, LITERARY), (149537, 8261), (49084, LITERARY), (571, WRITTEN), (1004, WRITTEN),
        (21198342, 1004), (14406742, 1004), (277759, WRITTEN), (9201, 8261), (9202, LITERARY), (9203, WRITTEN),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("classes", "kind"),
    [
        ({11424}, "film"),
        ({202866}, "film"),
        ({24862}, "short"),
        ({506240}, "television_film"),
        ({5398426}, "series"),
        ({63952888}, "series"),
        ({1259759}, "miniseries"),
        ({11424, 1259759, 5398426}, "miniseries"),
        ({11424, 24862}, "short"),
        ({15416}, "other"),
        ({9002}, "film"),
        ({9004}, "short"),
        ({9101}, "film"),
        ({7889}, None),
        ({9001}, None),
        ({9001, 11424}, "film"),
        ({8261}, None),
        ({424242}, None),
        (set(), None),
    ],
)
def test_the_nearest_known_class_decides_the_kind(classes: set[int], kind: str | None) -> None:
    assert TREE.screen_kind(classes) == kind


@pytest.mark.parametrize(
    ("classes", "form"),
    [
        ({8261}, "novel"),
        ({9201}, "novel"),
        ({149537}, "novella"),
        ({149537, LITERARY}, "novella"),
        ({49084}, "short_story"),
        ({21198342}, "manga"),
        ({14406742}, "comic"),
        ({277759}, "book_series"),
        ({571}, "book"),
        ({571, 8261}, "novel"),
        ({9202}, "literary_work"),
        ({LITERARY}, "literary_work"),
        ({9203}, "written_work"),
        ({WRITTEN}, "written_work"),
        ({11424}, None),
        (set(), None),
    ],
)
def test_the_nearest_known_class_decides_the_form(classes: set[int], form: str | None) -> None:
    assert TREE.written_form(classes) == form


def test_without_a_tree_only_the_known_classes_themselves_count() -> None:
    bare = ClassTree([])

    assert (bare.screen_kind([11424]), bare.screen_kind([9002])) == ("film", None)
    assert (bare.written_form([8261]), bare.written_form([WRITTEN])) == ("novel", "written_work")
