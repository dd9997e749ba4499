"""How two catalogues spell one title: signs, numbers, accents, articles, translations. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from tests.upstreams.invented import FAMILY, NOUNS, Dice

ROMAN = {"II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "VII": "7", "VIII": "8"}
WORDS = {"I": "One", "II": "Two", "III": "Three", "1": "One", "2": "Two", "3": "Three"}
LETTERS = {
    "ja": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン愛夏夢影山風雪花",
    "zh": "天地人山水火木金土日月星风云雪花春夏秋冬红白黑大小中生死爱恨情梦影城门路河海",
    "cn": "天地人山水火木金土日月星風雲雪花春夏秋冬紅白黑大小中生死愛恨情夢影城門路河海",
    "ko": "가나다라마바사아자차하고노도로모보소오조호구누두루무부수우주후기니디리미비시이지히",
    "ru": "абвгдежзиклмнопрстухчшыюя",
    "uk": "абвгдежзиіїклмнопрстухчшюя",
    "bg": "абвгдежзиклмнопрстухчшъюя",
    "sr": "абвгдђежзијклљмнњопрстћуфхцчш",
    "el": "αβγδεζηθικλμνξοπρστυφχψω",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "fa": "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
    "he": "אבגדהוזחטיכלמנסעפצקרשת",
    "hi": "अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह",
    "ta": "அஆஇஈஉஊஎஏஐஒஓகஙசஞடணதநபமயரலவழளறன",
    "th": "กขคงจชซดตถทธนบปผพฟมยรลวศสหอ",
}
"""Language → the letters that a made-up title of it is written with; the others are written in syllables."""
SYLLABLES = re.findall(
    "..",
    "babebocacedadedidoelenesfafigageilinkalalelilomamemimonanenopaperarerirosasesisotatetitovavevivoyazaönåséeãoñeühži",
)


def invented_title(dice: Dice) -> str:
    """An English title that hardly anything else has."""
    noun, other, family = dice.one(NOUNS).capitalize(), dice.one(NOUNS).capitalize(), dice.one(FAMILY)
    patterns = (
        f"{family} and the {noun}", f"The {noun} of {family}", f"{noun} for a {other}", f"The {family} {noun}",
        f"A {noun} Called {other}", f"{family}'s {noun}", f"The {other} {noun} of {family}",
    )  # fmt: skip
    return dice.one(patterns)


def foreign_title(dice: Dice, language: str) -> str:
    """A title in the letters of a language, in no words of it."""
    letters = LETTERS.get(language)
    if letters is None:
        words = ["".join(dice.one(SYLLABLES) for _ in range(dice.between(1, 4))) for _ in range(dice.between(1, 4))]
        return " ".join(words).capitalize()
    if language in {"ja", "zh", "cn"}:
        return "".join(dice.one(letters) for _ in range(dice.between(3, 9)))
    return " ".join("".join(dice.one(letters) for _ in range(dice.between(2, 8))) for _ in range(dice.between(1, 4)))


def without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def respelt(dice: Dice, title: str) -> str:
    """The same title by other rules of spelling; as it is where none of them bears on it."""
    ways = [written for way in WAYS if (written := " ".join(way(title).split())) != title and written]
    return dice.one(ways) if ways else title


def _numbers_as_digits(title: str) -> str:
    return re.sub(r"\b(II|III|IV|V|VI|VII|VIII)\b(?=$|:| -)", lambda number: ROMAN[number[1]], title)


def _parts_in_words(title: str) -> str:
    return re.sub(r"\bPart (I{1,3}|[123])\b", lambda number: f"Part {WORDS[number[1]]}", title)


def _parts_as_digits(title: str) -> str:
    digits = {word: digit for digit, word in WORDS.items() if digit.isdecimal()}
    return re.sub(r"\bPart (One|Two|Three)\b", lambda word: f"Part {digits[word[1]]}", title)


WAYS: tuple[Callable[[str], str], ...] = (
    without_accents,
    lambda title: title.replace(": ", " - "),
    lambda title: title.replace(" – ", ": "),
    lambda title: title.replace(" & ", " and "),
    lambda title: title.replace(" and ", " & "),
    lambda title: title.replace("'", "’"),
    lambda title: title.replace("’", "'"),
    lambda title: title.replace("'", ""),
    lambda title: title.rstrip("!?.…"),
    lambda title: title.replace(",", ""),
    lambda title: title.replace("-", " "),
    lambda title: title.replace("Vol. ", "Volume ").replace("Vol.", "Volume "),
    lambda title: title.replace("St. ", "Saint ").replace("Dr. ", "Doctor ").replace("Mr. ", "Mister "),
    _numbers_as_digits,
    _parts_in_words,
    _parts_as_digits,
)
