import pytest

from adaptapedia.web.languages import in_language, language_name, reads_right_to_left


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "English"),
        ("en-GB", "British English"),
        ("grc", "Ancient Greek"),
        ("zh", "Chinese"),
        ("yue-Hant", "Cantonese"),
        ("no", "Norwegian"),
        ("qya", "qya"),
        ("mul", ""),
        ("", ""),
    ],
)
def test_languages_are_called_by_name(tag: str, name: str) -> None:
    assert language_name(tag) == name


def test_a_title_says_its_language_and_runs_its_way() -> None:
    assert in_language("ألف ليلة", "ar") == '<bdi lang="ar" dir="rtl">ألف ليلة</bdi>'
    assert in_language("<i>", "mul") == '<bdi dir="ltr">&lt;i&gt;</bdi>'


def test_the_first_letter_with_a_direction_decides() -> None:
    assert reads_right_to_left("1001 ליلة")
    assert not reads_right_to_left("M & ליל")
    assert not reads_right_to_left("1984")
