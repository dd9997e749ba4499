import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.kit.text import ARTICLES, clean, fold, slugify, sort_key, transliterate

any_text = st.text(alphabet=st.characters(codec=None), max_size=300)
any_language = st.none() | st.sampled_from(sorted(ARTICLES)) | st.text(max_size=5)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Dune", "Dune"),
        ("  The \t Lord\nof  the Rings ", "The Lord of the Rings"),
        ("Du\x00ne\x07", "Dune"),
        ("Ame\u0301lie", "Am\u00e9lie"),
        ("A\u00a0B\u3000C", "A B C"),
        ("\ufeffDune", "Dune"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("\u202bأفلام\u202c", "\u202bأفلام\u202c"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("\u200b \u200d", ""),
        ("\x00", ""),
    ],
)
def test_clean_keeps_what_can_be_read(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(any_text)
def test_clean_text_is_storable_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert cleaned == " ".join(cleaned.split())
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("DUNE", "dune"),
        ("Amélie", "amelie"),
        ("Encyclopædia Straße Łódź Ørsted", "encyclopaedia strasse lodz orsted"),
        ("Việt Nam", "viet nam"),
        ("Анна Каренина", "анна каренина"),
        ("שָׁלוֹם", "שלום"),
        ("東京物語", "東京物語"),
        ("がっこう", "がっこう"),
        ("한국", "한국"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_fold_is_blind_to_case_and_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(any_text)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("title", "language", "key"),
    [
        ("The Lord of the Rings", "en", "lord of the rings"),
        ("The", "en", "the"),
        ("Theatre", "en", "theatre"),
        ("A.I. Artificial Intelligence", "en", "a.i. artificial intelligence"),
        ("An American Tragedy", "en-gb", "american tragedy"),
        ("L'Étranger", "fr", "etranger"),
        ("L’Étranger", "fr", "etranger"),
        ("Les Misérables", "fr", "miserables"),
        ("Die Verwandlung", "de", "verwandlung"),
        ("Die Hard", "en", "die hard"),
        ("Gli indifferenti", "it", "indifferenti"),
        ("'Salem's Lot", "en", "salem's lot"),
        ("¡Átame!", "es", "atame!"),
        ("Dune, the Novel", "en", "dune, the novel"),
        ("Анна Каренина", "ru", "anna karenina"),
        ("...", "en", "..."),
        ("The ...", "en", "the ..."),
        ("Lolita", None, "lolita"),
    ],
)
def test_titles_are_sorted_without_their_article(title: str, language: str | None, key: str) -> None:
    assert sort_key(title, language) == key


@given(any_text, any_language)
def test_every_title_has_a_bounded_sort_key(title: str, language: str | None) -> None:
    key = sort_key(title, language)
    assert len(key) <= 200
    assert bool(key.strip()) == bool(title.strip()) or not key.strip()


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=50))
def test_a_clean_title_never_sorts_by_nothing(title: str) -> None:
    cleaned = clean(title)
    assert bool(sort_key(cleaned, "en")) == bool(cleaned)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Dune", "dune"),
        ("Schindler's List", "schindlers-list"),
        ("Le Fabuleux Destin d’Amélie Poulain", "le-fabuleux-destin-damelie-poulain"),
        ("Война и мир", "voyna-i-mir"),
        ("2001: A Space Odyssey", "2001-a-space-odyssey"),
        ("???", ""),
        ("word " * 40, "-".join(["word"] * 16)),
        ("x" * 100, "x" * 80),
    ],
)
def test_slugs_are_readable(text: str, slug: str) -> None:
    assert slugify(text) == slug


@given(any_text)
def test_every_slug_fits_an_address_and_stays_as_it_is(text: str) -> None:
    slug = slugify(text)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert len(slug) <= 80
    assert slugify(slug) == slug


@given(any_text)
def test_transliteration_is_ascii(text: str) -> None:
    assert transliterate(text).isascii()
