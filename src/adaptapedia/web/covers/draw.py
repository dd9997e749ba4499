"""Covers and title cards, whole: 200 by 300 units, colours and places as attributes, faces by style sheet."""

from html import escape

from adaptapedia.web.covers.dice import Dice
from adaptapedia.web.covers.palettes import CLOTHS, ROOMS, Cloth
from adaptapedia.web.covers.patterns import PATTERNS
from adaptapedia.web.covers.scenes import SCENES
from adaptapedia.web.covers.typesetting import Setting, set_line, set_title
from adaptapedia.web.covers.widths import PAGE, SCREEN
from adaptapedia.web.languages import reads_right_to_left

WIDTH, HEIGHT = 200, 300
_MARGIN = 17
_MEASURE = WIDTH - 2 * _MARGIN
_COVER_SIZES = (36, 32, 28, 25, 22, 19.5, 17, 15, 13)
_CARD_SIZES = (46, 40, 35, 31, 27, 24, 21, 18, 15.5, 13.5)
_CASELESS = frozenset({"tr", "az", "el"})
"""Languages whose capitals are not what `str.upper` makes of them."""
_LAST_CASED = "\u052f"
_SPARE = 0.94
"""How much of the measure is used: what a fallback serif is wider by."""


def draw_cover(*, seed: int, title: str, byline: str = "", language: str = "", label: str = "") -> str:
    """A book's cover as one SVG element, drawn for the number `seed`.

    Hidden from assistive technology, since its title stands beside it; with a `label`, a picture of that name.
    """
    dice = Dice(seed)
    cloth = CLOTHS[dice.below(len(CLOTHS))]
    pattern = PATTERNS[dice.below(len(PATTERNS))]
    labelled = dice.below(3) == 0
    draw = _labelled_cover if labelled else _open_cover
    return _svg("cover", draw(title, byline, cloth, pattern(dice, cloth)), language, label)


def draw_title_card(
    *, seed: int, title: str, byline: str = "", year: str = "", language: str = "", label: str = ""
) -> str:
    """A screen work's title card as one SVG element; the words as of `draw_cover`."""
    dice = Dice(~seed)
    room = ROOMS[dice.below(len(ROOMS))]
    scene = SCENES[dice.below(len(SCENES))](dice, room)
    setting = set_title(
        _in_capitals(title, language), face=SCREEN, width=_MEASURE, height=158, sizes=_CARD_SIZES, leading=0.95
    )
    foot = 272 if byline else 284
    top = foot - setting.height
    body = (
        f'<rect width="200" height="300" fill="{room.ground}"/>'
        f"{_window(scene, 0, 34, 200, top - 40)}"
        f'<path d="M17 27H183" stroke="{room.light}" stroke-width="1"/>'
        f"{_lines(setting, top, fill='#fff', fitted=True)}"
        f"{_small(year, 20, '#fff')}{_small(byline, 287, '#d8d8d8')}"
    )
    return _svg("title-card", body, language, label)


def _open_cover(title: str, byline: str, cloth: Cloth, pattern: str) -> str:
    """The title on the cloth, the ornament under it, the name at the foot."""
    setting = _cover_title(title, height=150)
    below = 34 + setting.height
    return (
        f'<rect width="200" height="300" fill="{cloth.ground}"/>'
        f"{_window(pattern, 8, below, 184, 262 - below)}"
        f'<path d="M8 8H192V292H8Z" fill="none" stroke="{cloth.ink}" stroke-opacity=".4"/>'
        f"{_lines(setting, 20, fill=cloth.ink)}{_name(byline, 281, cloth.ink)}"
    )


def _labelled_cover(title: str, byline: str, cloth: Cloth, pattern: str) -> str:
    """The ornament all over, and a label pasted on it."""
    setting = _cover_title(title, height=170)
    height = setting.height + (44 if byline else 26)
    top = max(22, 110 - height / 2)
    return (
        f'<rect width="200" height="300" fill="{cloth.ground}"/>{_window(pattern, 0, 0, 200, 300)}'
        f'<rect x="9" y="{top:.0f}" width="182" height="{height:.0f}" fill="{cloth.ground}"/>'
        f'<rect x="12" y="{top + 3:.0f}" width="176" height="{height - 6:.0f}" fill="none" stroke="{cloth.ink}"'
        ' stroke-opacity=".5"/>'
        f"{_lines(setting, top + 9, fill=cloth.ink)}{_name(byline, top + height - 13, cloth.ink)}"
    )


def _cover_title(title: str, *, height: float) -> Setting:
    return set_title(title, face=PAGE, width=_MEASURE * _SPARE, height=height, sizes=_COVER_SIZES, leading=1.08)


def _window(drawing: str, x: float, y: float, width: float, height: float) -> str:
    """The square drawing cut to a window: an inner svg clips without needing an id."""
    return (
        f'<svg x="{x}" y="{y:.0f}" width="{width}" height="{max(0, height):.0f}" viewBox="0 0 200 200"'
        f' preserveAspectRatio="xMidYMid slice">{drawing}</svg>'
    )


def _lines(setting: Setting, top: float, *, fill: str, fitted: bool = False) -> str:
    """Each line a text of its own, so that each runs in its own direction.

    `fitted` states the width of what was measured: a wider fallback face, while the real one loads, keeps to it.
    """
    baseline = top + setting.size * 0.8 + (setting.leading - setting.size) / 2
    texts = []
    for place, line in enumerate(setting.lines):
        y = baseline + place * setting.leading
        length = f' textLength="{SCREEN.width(line) * setting.size:.0f}" lengthAdjust="spacingAndGlyphs"'
        texts.append(
            f'<text {_start(line)} y="{y:.1f}"{length if fitted and SCREEN.knows(line) else ""}>{escape(line)}</text>'
        )
    return f'<g fill="{fill}" font-size="{setting.size:g}">{"".join(texts)}</g>'


def _name(byline: str, y: float, fill: str) -> str:
    if not byline:
        return ""
    line = set_line(byline, face=PAGE, width=_MEASURE * _SPARE, size=12)
    return f'<text class="by" {_start(line)} y="{y:.0f}" fill="{fill}" font-size="12">{escape(line)}</text>'


def _small(text: str, y: float, fill: str) -> str:
    if not text:
        return ""
    line = set_line(text, face=PAGE, width=_MEASURE, size=11)
    return f'<text class="by" {_start(line)} y="{y:.0f}" fill="{fill}" font-size="11">{escape(line)}</text>'


def _start(line: str) -> str:
    return f'x="{WIDTH - _MARGIN}" direction="rtl"' if reads_right_to_left(line) else f'x="{_MARGIN}"'


def _in_capitals(title: str, language: str) -> str:
    cased = language.partition("-")[0] not in _CASELESS and (title.isascii() or max(title) <= _LAST_CASED)
    return title.upper() if cased else title


def _svg(kind: str, body: str, language: str, label: str) -> str:
    means = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    spoken = f' lang="{escape(language)}"' if language else ""
    return f'<svg class="{kind}" viewBox="0 0 {WIDTH} {HEIGHT}" {means}{spoken}>{body}</svg>'
