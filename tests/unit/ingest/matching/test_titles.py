import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.ingest.matching.titles import Likeness, compared, core, likeness, main_part

SAME, SAME_WORDS, NEARLY = Likeness.SAME, Likeness.SAME_WORDS, Likeness.NEARLY
BEGINNING, LIKE, OTHER_NUMBER, UNLIKE = Likeness.BEGINNING, Likeness.LIKE, Likeness.OTHER_NUMBER, Likeness.UNLIKE

PAIRS = [
    ("Dracula", "DRACULA", SAME),
    ("Les Misérables", "Les Miserables", SAME),
    ("Fröken Julie", "Froken Julie", SAME),
    ("Æon Flux", "Aeon Flux", SAME),
    ("Pride & Prejudice", "Pride and Prejudice", SAME),
    ("Schindler's List", "Schindler’s List", SAME),
    ("Ocean's Eleven", "Oceans Eleven", SAME),
    ("What's Up, Doc?", "Whats Up Doc", SAME),
    ("Dr. Strangelove", "Doctor Strangelove", SAME),
    ("St. Elmo's Fire", "Saint Elmos Fire", SAME),
    ("Mr. & Mrs. Smith", "Mr and Mrs Smith", SAME),
    ("Dune: Part One", "Dune: Part 1", SAME),
    ("Dune: Part I", "Dune - Part One", SAME),
    ("Kill Bill: Vol. 2", "Kill Bill: Volume 2", SAME),
    ("Rocky II", "Rocky 2", SAME),
    ("Star Wars: Episode V", "Star Wars: Episode 5", SAME),
    ("Анна Каренина", "АННА КАРЕНИНА", SAME),
    ("The Trial", "Trial", SAME_WORDS),
    ("Spider-Man", "Spiderman", SAME_WORDS),
    ("La Bête", "Bete", SAME_WORDS),
    ("Анна Каренина", "Anna Karenina", SAME_WORDS),
    ("The Colour of Magic", "The Color of Magic", NEARLY),
    ("Brothers Karamazov", "Brothers Karamasov", NEARLY),
    ("Birdman", "Birdman or (The Unexpected Virtue of Ignorance)", BEGINNING),
    ("Borat", "Borat: Cultural Learnings of America", BEGINNING),
    ("Dune: Part One", "Dune: Part Two", OTHER_NUMBER),
    ("Dune: Part 1", "Dune: Part 2", OTHER_NUMBER),
    ("Rocky", "Rocky II", OTHER_NUMBER),
    ("Rocky III", "Rocky II", OTHER_NUMBER),
    ("Henry IV, Part 1", "Henry IV, Part 2", OTHER_NUMBER),
    ("Apollo 13", "Apollo 18", OTHER_NUMBER),
    ("Nineteen Eighty-Four", "Nineteen Eighty-Two", LIKE),
    ("Emma", "Gemma", LIKE),
    ("Dracula", "The Making of Dracula", UNLIKE),
    ("Hamlet", "Macbeth", UNLIKE),
    ("It", "Us", UNLIKE),
    ("羅生門", "七人の侍", UNLIKE),
]


@pytest.mark.parametrize(("ours", "theirs", "expected"), PAIRS)
def test_two_titles_are_as_alike_as_they_are(ours: str, theirs: str, expected: Likeness) -> None:
    assert compared(ours, theirs) is expected
    assert compared(theirs, ours) is expected


def test_the_best_pair_of_titles_counts() -> None:
    assert likeness(["Pan's Labyrinth", "El laberinto del fauno"], ["El laberinto del fauno", "X"]) is SAME
    assert likeness([], ["X"]) is UNLIKE


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Dune: Part One", "Dune"),
        ("Mr. & Mrs. Smith", "Smith"),
        ("Kill Bill: Vol. 2", "Kill Bill"),
        ("Schindler's List", "Schindlers List"),
        ("1984", "1984"),
        ("Part One", "Part One"),
    ],
)
def test_the_core_of_a_title_leaves_out_what_is_written_now_so_now_otherwise(title: str, expected: str) -> None:
    assert core(title) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Alien: Covenant", "Alien"), ("Face – Off", "Face"), ("Spider-Man", "Spider-Man"), (": x", ": x")],
)
def test_the_main_part_of_a_title_has_no_subtitle(title: str, expected: str) -> None:
    assert main_part(title) == expected


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_it_and_the_order_of_two_titles_does_not_count(one: str, other: str) -> None:
    assert compared(one, other) is compared(other, one)
    assert compared(one, one) is SAME
    core(one)
    main_part(one)
