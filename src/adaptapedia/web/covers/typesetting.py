"""Titles set in lines that fit a measure: shrunk first, broken last, cut only when nothing else helps. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from adaptapedia.web.covers.widths import Face

_NEVER_FIRST = frozenset("、。，．・：；？！」』）］｝〉》】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of one size. `height` is that of all of them."""

    lines: tuple[str, ...]
    size: float
    leading: float

    @property
    def height(self) -> float:
        return self.leading * len(self.lines)


@dataclass(frozen=True, slots=True)
class Piece:
    """What is not broken unless it is wider than a line: a word, or one letter of a script without spaces."""

    text: str
    width: float
    gap: float
    """The space before it, where it does not begin a line."""


def set_title(text: str, *, face: Face, width: float, height: float, sizes: Sequence[float], leading: float) -> Setting:
    """`text` in the largest of `sizes` (largest first) at which no word is broken and the lines fit `height`.

    Failing that, in the smallest with words broken, and its end cut if it is still too long.
    """
    pieces = _pieces(text, face)
    for size in sizes:
        lines = _fill(pieces, width / size)
        if lines is not None and len(lines) * size * leading <= height:
            return Setting(_texts(_evened(pieces, lines, width / size)), size, size * leading)
    size = sizes[-1]
    most = max(1, int(height / (size * leading)))
    lines = _fill(_broken(pieces, face, width / size), width / size) or []
    return Setting(_cut(_texts(lines), most, face, width / size), size, size * leading)


def set_line(text: str, *, face: Face, width: float, size: float) -> str:
    """`text` on one line of this size, cut at its end where it is too long."""
    return _cut((text,), 1, face, width / size)[0] if face.width(text) * size > width else text


def _pieces(text: str, face: Face) -> list[Piece]:
    space = face.width(" ")
    if text.isascii():
        return [Piece(word, face.width(word), space) for word in text.split()]
    return [
        Piece(part, face.width(part), space if first else 0.0)
        for word in text.split()
        for first, part in _letters_or_word(word)
    ]


def _letters_or_word(word: str) -> list[tuple[bool, str]]:
    """The places where a word may be broken for nothing: between wide letters, not before a closing sign."""
    parts: list[str] = []
    breakable = False
    for sign in word:
        wide = unicodedata.east_asian_width(sign) in "WF"
        joined = sign in _NEVER_FIRST or sign in _JOINERS or unicodedata.combining(sign) or parts[-1:] == ["\u200d"]
        if not parts or ((wide or breakable) and not joined and not parts[-1].endswith("\u200d")):
            parts.append(sign)
        else:
            parts[-1] += sign
        breakable = wide
    return [(place == 0, part) for place, part in enumerate(parts)]


def _fill(pieces: Sequence[Piece], measure: float) -> list[list[Piece]] | None:
    """Lines filled from the front; None when a piece is wider than a line."""
    lines: list[list[Piece]] = []
    left = -1.0
    for piece in pieces:
        if piece.width > measure:
            return None
        if piece.gap + piece.width <= left:
            lines[-1].append(piece)
            left -= piece.gap + piece.width
        else:
            lines.append([piece])
            left = measure - piece.width
    return lines


def _evened(pieces: Sequence[Piece], lines: list[list[Piece]], measure: float) -> list[list[Piece]]:
    """As many lines, of more equal length: no last word left alone where another could join it."""
    if len(lines) < 2:
        return lines
    even = sum(piece.gap + piece.width for piece in pieces) / len(lines)
    for share in (0.25, 0.6):
        tried = _fill(pieces, even + (measure - even) * share)
        if tried is not None and len(tried) == len(lines):
            return tried
    return lines


def _broken(pieces: Sequence[Piece], face: Face, measure: float) -> list[Piece]:
    return [part for piece in pieces for part in (_split(piece, face, measure) if piece.width > measure else [piece])]


def _split(piece: Piece, face: Face, measure: float) -> list[Piece]:
    """A word in parts that each fill a line, never between a letter and its marks."""
    parts = [""]
    used = 0.0
    for sign in piece.text:
        width = face.width(sign)
        if used + width > measure and not _belongs_to(parts[-1], sign):
            parts.append("")
            used = 0.0
        parts[-1] += sign
        used += width
    return [Piece(part, min(face.width(part), measure), piece.gap) for part in parts]


def _belongs_to(before: str, sign: str) -> bool:
    return not before or sign in _JOINERS or before[-1] == "\u200d" or bool(unicodedata.combining(sign))


def _texts(lines: Sequence[Sequence[Piece]]) -> tuple[str, ...]:
    return tuple(
        "".join(f" {piece.text}" if place and piece.gap else piece.text for place, piece in enumerate(line))
        for line in lines
    )


def _cut(lines: Sequence[str], most: int, face: Face, measure: float) -> tuple[str, ...]:
    if len(lines) <= most and all(face.width(line) <= measure for line in lines):
        return tuple(lines)
    kept = list(lines[:most])
    last = kept[-1]
    while last and face.width(last) + face.width(ELLIPSIS) > measure:
        last = last[:-1]
    kept[-1] = last.rstrip(" ,.;:–-") + ELLIPSIS
    return tuple(kept)
