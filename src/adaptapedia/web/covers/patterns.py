"""Ornaments of book covers. Each draws in a square of 200, may run over its edge, and stays under 700 bytes."""

from collections.abc import Callable
from math import cos, radians, sin

from adaptapedia.web.covers.dice import Dice
from adaptapedia.web.covers.palettes import Cloth

Pattern = Callable[[Dice, Cloth], str]


def rings(dice: Dice, cloth: Cloth) -> str:
    """Circles that climb and shrink, linked."""
    side = dice.between(24, 46)
    circles = "".join(
        f'<circle cx="{100 + (side if step % 2 else -side) * (9 - step) // 9}" cy="{178 - step * 19}"'
        f' r="{66 - step * 6}"/>'
        for step in range(9)
    )
    return f'<g fill="none" stroke="{cloth.tint}" stroke-width="1.4">{circles}</g>'


def waves(dice: Dice, cloth: Cloth) -> str:
    """A sea in lines."""
    lift, gap = dice.between(10, 22), dice.between(13, 19)
    rows = "".join(f"M{-dice.below(50)} {y}q25-{lift} 50 0t50 0 50 0 50 0 50 0" for y in range(gap, 215, gap))
    return f'<path d="{rows}" fill="none" stroke="{cloth.tint}" stroke-width="{dice.between(2, 5)}"/>'


def sun(dice: Dice, cloth: Cloth) -> str:
    """A sun, low over a level country."""
    x, r = dice.between(60, 140), dice.between(44, 62)
    fields = "".join(f"M0 {y}H200" for y in range(136, 200, 13))
    return (
        f'<circle cx="{x}" cy="120" r="{r}" fill="{cloth.tint}"/><path d="M0 128H200V200H0Z" fill="{cloth.deep}"/>'
        f'<path d="{fields}" stroke="{cloth.tint}" stroke-width="1.5" stroke-opacity=".7"/>'
    )


def halftone(dice: Dice, cloth: Cloth) -> str:
    """Dots that grow, as a printed grey does."""
    gap = dice.between(14, 19)
    rows = "".join(
        f'<path d="M{(row % 2) * gap / 2:g} {row * gap}H220" stroke-width="{1.5 + row * 11 / (200 // gap):.1f}"/>'
        for row in range(200 // gap + 1)
    )
    return f'<g stroke="{cloth.tint}" stroke-linecap="round" stroke-dasharray="0 {gap}">{rows}</g>'


def rays(dice: Dice, cloth: Cloth) -> str:
    """Light from one point below."""
    x, count = dice.between(30, 170), dice.between(7, 11)
    turns = [radians(180 + step * 180 / (2 * count)) for step in range(2 * count + 1)]
    points = [(x + 320 * cos(turn), 200 + 320 * sin(turn)) for turn in turns]
    wedges = "".join(
        f"M{x} 200L{left[0]:.0f} {left[1]:.0f} {right[0]:.0f} {right[1]:.0f}Z"
        for left, right in zip(points[::2], points[1::2], strict=False)
    )
    disc = f'<circle cx="{x}" cy="200" r="{dice.between(34, 58)}" fill="{cloth.tint}"/>'
    return f'<path d="{wedges}" fill="{cloth.deep}"/>{disc}'


def rosette(dice: Dice, cloth: Cloth) -> str:
    """Petals about a middle."""
    count, reach = dice.between(6, 12), dice.between(78, 96)
    petals = "".join(
        f"M100 100Q{100 + 60 * cos(a - 0.4):.0f} {100 + 60 * sin(a - 0.4):.0f} "
        f"{100 + reach * cos(a):.0f} {100 + reach * sin(a):.0f}"
        f"Q{100 + 60 * cos(a + 0.4):.0f} {100 + 60 * sin(a + 0.4):.0f} 100 100"
        for a in (radians(90 + step * 360 / count) for step in range(count))
    )
    return (
        f'<path d="{petals}" fill="{cloth.deep}" stroke="{cloth.tint}" stroke-width="1.5"/>'
        f'<circle cx="100" cy="100" r="9" fill="{cloth.tint}"/>'
    )


def squares(dice: Dice, cloth: Cloth) -> str:
    """One square within another, sunk to one side."""
    lean = dice.between(2, 8) / 10
    sides = ((170, cloth.deep), (122, cloth.tint), (78, cloth.deep), (38, cloth.ground))
    return "".join(
        f'<rect x="{100 - side / 2:g}" y="{15 + (170 - side) * lean:.0f}" width="{side}" height="{side}"'
        f' fill="{fill}"/>'
        for side, fill in sides
    )


def hills(dice: Dice, cloth: Cloth) -> str:
    """Country behind country."""
    ranges = "".join(
        f'<path d="M0 {y}Q{dice.between(30, 90)} {y - dice.between(30, 66)} 110 {y - dice.between(-6, 14)}'
        f'T200 {y - dice.between(0, 30)}V200H0Z" fill="{fill}" fill-opacity="{shade}"/>'
        for y, fill, shade in (
            (92, cloth.tint, ".4"),
            (128, cloth.tint, ".85"),
            (160, cloth.deep, ".8"),
            (188, cloth.deep, "1"),
        )
    )
    return f'<circle cx="{dice.between(50, 150)}" cy="42" r="{dice.between(11, 21)}" fill="{cloth.ink}"/>{ranges}'


def weave(dice: Dice, cloth: Cloth) -> str:
    """Two ribbons of stripes that cross."""
    across, down = dice.between(7, 16), dice.between(7, 16)
    x, y = dice.between(60, 140), dice.between(70, 130)
    return (
        f'<path d="M{x} 0V200" stroke="{cloth.tint}" stroke-width="92" stroke-dasharray="{down} {down * 0.7:.1f}"/>'
        f'<path d="M0 {y}H200" stroke="{cloth.deep}" stroke-width="92" stroke-dasharray="{across} {across * 0.7:.1f}"/>'
    )


def shards(dice: Dice, cloth: Cloth) -> str:
    """Three cuts through the cloth."""
    a, b, c = dice.between(20, 90), dice.between(90, 180), dice.between(40, 160)
    return (
        f'<path d="M0 {a}L200 {c}V200H0Z" fill="{cloth.deep}"/>'
        f'<path d="M{a} 200L{b} 0 200 {c}V200Z" fill="{cloth.tint}"/>'
        f'<path d="M0 {b}L{b} 200H0Z" fill="{cloth.ink}" fill-opacity=".85"/>'
    )


def sky(dice: Dice, cloth: Cloth) -> str:
    """A moon and its stars."""
    stars = "".join(
        f'<circle cx="{dice.between(8, 192)}" cy="{dice.between(6, 194)}" r="{dice.between(10, 26) / 10}"/>'
        for _ in range(13)
    )
    x, y, r = dice.between(60, 140), dice.between(60, 130), dice.between(30, 48)
    return (
        f'<g fill="{cloth.tint}">{stars}<circle cx="{x}" cy="{y}" r="{r}"/></g>'
        f'<circle cx="{x + r // 3}" cy="{y - r // 4}" r="{r}" fill="{cloth.ground}"/>'
    )


def shelf(dice: Dice, cloth: Cloth) -> str:
    """Spines of books, one of them leaning."""
    fills = (cloth.tint, cloth.deep, cloth.ink)
    x, spines = 14, []
    while x < 150:
        width, height = dice.between(9, 20), dice.between(70, 140)
        spines.append(f'<path d="M{x} 180v-{height}h{width}v{height}z" fill="{fills[dice.below(3)]}"/>')
        x += width + 2
    lean = f'<path d="M{x + 6} 180l28-96 12 4-28 96z" fill="{cloth.tint}"/>' if x < 156 else ""
    return f'{"".join(spines)}{lean}<path d="M0 182H200" stroke="{cloth.tint}" stroke-width="2"/>'


PATTERNS: tuple[Pattern, ...] = (
    rings, waves, sun, halftone, rays, rosette, squares, hills, weave, shards, sky, shelf,
)  # fmt: skip
