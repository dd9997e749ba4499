import pytest

from adaptapedia.ingest.matching.people import Known, in_common


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (["Agnès Varda"], ["Agnes Varda"], Known.SAME),
        (["Akira Kurosawa"], ["Kurosawa Akira"], Known.SAME),
        (["Сергей Бондарчук"], ["Sergei Bondarchuk"], Known.SAME),
        (["J. R. R. Tolkien", "Peter Jackson"], ["Peter Jackson"], Known.SAME),
        (["Steven Spielberg"], ["Steven A. Spielberg"], Known.SAME),
        (["S. Spielberg"], ["Steven Spielberg"], Known.SAME),
        (["Fyodor Bondarchuk"], ["Sergei Bondarchuk"], Known.FAMILY_NAME),
        (["Joel Coen"], ["Ethan Coen"], Known.FAMILY_NAME),
        (["David Lynch"], ["Denis Villeneuve"], Known.OTHERS),
        ([], ["David Lynch"], Known.UNKNOWN),
        (["David Lynch"], [""], Known.UNKNOWN),
    ],
)
def test_lists_of_names_have_somebody_in_common_or_not(ours: list[str], theirs: list[str], expected: Known) -> None:
    assert in_common(ours, theirs) is expected
