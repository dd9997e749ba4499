"""How wide the letters of the two faces are, in thousandths of their size, so that a line can be set without a browser.

Measured in Chromium from the fonts that the pages load: Newsreader at weight 500, Archivo at weight 800
and 66 % width. Other letters are taken for wider than they are, because a fallback font will draw them.
"""

import unicodedata
from dataclasses import dataclass

_WIDE = 1000
_EMOJI = 1400
_FIRST_EMOJI = "\U0001f000"
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc"})


@dataclass(frozen=True, slots=True)
class Face:
    """One face at one weight: the widths that were measured, and what any other letter is taken for."""

    measured: dict[str, int]
    fallback: int

    def width(self, text: str) -> float:
        """How wide `text` is, as a multiple of its size; too much rather than too little."""
        known = self.measured
        try:
            return sum([known[sign] for sign in text]) / 1000
        except KeyError:
            return sum([known.get(sign) or self._other(sign) for sign in text]) / 1000

    def knows(self, text: str) -> bool:
        """Whether every letter has been measured, so that the width is exact but for kerning."""
        return all(sign in self.measured for sign in text)

    def _other(self, sign: str) -> int:
        if sign >= _FIRST_EMOJI:
            return _EMOJI
        if unicodedata.category(sign) in _UNSEEN:
            return 0
        if unicodedata.east_asian_width(sign) in "WF":
            return _WIDE
        # a ligature of a whole phrase (﷽) is as wide as the phrase
        return self.fallback * len(unicodedata.normalize("NFKC", sign))


def _table(ascii_widths: str, others: dict[str, int]) -> dict[str, int]:
    table = {chr(32 + place): int(width) for place, width in enumerate(ascii_widths.split())}
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base in table:
            table[chr(code)] = table[base]
    return table | others | dict.fromkeys("‘’‚", table["'"] + 40) | dict.fromkeys("“”„", table['"'] + 80) | DASHES


DASHES = {"–": 500, "—": 1000, "…": 800, "\u00a0": 230}

PAGE = Face(
    _table(
        """
        224 277 299 588 588 808 721 132 276 288 365 512 246 322 238 374 588 588 588 588 588 588 588 588 588
        588 261 273 512 512 512 428 893 732 661 702 774 654 564 751 816 354 439 750 619 1000 760 774 629
        774 671 568 542 731 547 905 738 524 642 329 339 329 512 411 500 474 557 449 567 471 361 507 574 291
        261 559 280 849 585 534 574 555 411 397 360 553 516 742 520 514 445 322 250 322 512
        """,
        {
            "Æ": 1015,
            "Ð": 775,
            "Ø": 788,
            "Þ": 643,
            "ß": 643,
            "æ": 723,
            "ð": 544,
            "ø": 552,
            "þ": 554,
            "×": 512,
            "¿": 452,
            "¡": 257,
            "«": 496,
            "»": 504,
            "·": 218,
            "°": 382,
            "£": 588,
            "½": 801,
        },
    ),
    fallback=720,
)
SCREEN = Face(
    _table(
        """
        124 264 376 496 398 733 564 206 366 366 373 524 223 250 223 274 448 389 439 446 437 447 448 405 437
        448 233 233 524 524 524 431 714 526 510 531 530 478 421 562 534 252 447 530 434 702 538 571 496 571
        524 480 438 526 485 718 513 450 486 355 274 355 524 378 185 446 445 425 445 436 273 422 440 220 221
        447 220 660 441 441 445 445 288 398 277 441 401 622 436 397 385 369 204 369 524
        """,
        {
            "Æ": 742,
            "Ð": 530,
            "Ø": 571,
            "Þ": 497,
            "ß": 480,
            "æ": 664,
            "ð": 442,
            "ø": 441,
            "þ": 445,
            "×": 524,
            "¿": 431,
            "¡": 264,
            "«": 467,
            "»": 467,
            "·": 223,
            "°": 400,
            "£": 463,
            "½": 710,
        },
    ),
    fallback=860,
)
