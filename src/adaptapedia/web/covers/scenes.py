"""What is seen on title cards: paper cut by scissors, before a lamp. Each draws in a square of 200, under 700 bytes."""

from collections.abc import Callable
from math import cos, radians, sin

from adaptapedia.web.covers.dice import Dice
from adaptapedia.web.covers.palettes import Room

Scene = Callable[[Dice, Room], str]


def beam(dice: Dice, room: Room) -> str:
    """The projector's light across the room."""
    y, reach = dice.between(20, 70), dice.between(60, 120)
    return (
        f'<path d="M188 {y}L0 {y + reach - 70}V{y + reach + 50}Z" fill="{room.second}"/>'
        f'<path d="M188 {y}L0 {y + reach - 36}V{y + reach + 16}Z" fill="{room.light}" fill-opacity=".8"/>'
        f'<circle cx="186" cy="{y}" r="9" fill="{room.light}"/>'
    )


def iris(dice: Dice, room: Room) -> str:
    """The lens closes upon something."""
    x, y = dice.between(70, 130), dice.between(80, 120)
    return "".join(
        f'<circle cx="{x + step * dice.between(-3, 3)}" cy="{y}" r="{110 - step * 21}" fill="{fill}"/>'
        for step, fill in enumerate((room.second, room.ground, room.second, room.ground, room.light))
    )


def bars(dice: Dice, room: Room) -> str:
    """Bars that come down at different lengths."""
    width = dice.between(12, 22)
    lit = dice.below(200 // width)
    return "".join(
        f'<path d="M{x} 0h{width - 4}v{dice.between(40, 196)}l-{width - 4} {dice.between(-12, 12)}z"'
        f' fill="{room.light if place == lit else room.second}"/>'
        for place, x in enumerate(range(4, 200 - width, width))
    )


def leader(dice: Dice, room: Room) -> str:
    """The strip before the film: a hand goes round."""
    turn = radians(dice.between(30, 320) - 90)
    x, y = 100 + 150 * cos(turn), 100 + 150 * sin(turn)
    large = 1 if turn > radians(90) else 0
    return (
        f'<path d="M100 100V-50A150 150 0 {large} 1 {x:.0f} {y:.0f}Z" fill="{room.second}"/>'
        f'<g fill="none" stroke="{room.light}" stroke-width="2.5"><circle cx="100" cy="100" r="66"/>'
        f'<circle cx="100" cy="100" r="{dice.between(42, 56)}"/>'
        f'<path d="M0 100H200M100 0V200M100 100L{x:.0f} {y:.0f}" stroke-width="1.2"/></g>'
    )


def spiral(dice: Dice, room: Room) -> str:
    """Down and down."""
    step, lean = dice.between(5, 8), dice.between(0, 359)
    arcs = "".join(f"a{r} {r} 0 0 1 {2 * r if turn % 2 else -2 * r} 0" for turn, r in enumerate(range(step, 125, step)))
    return (
        f'<path d="M100 100{arcs}" fill="none" stroke="{room.light}" stroke-width="{step * 0.45:.1f}"'
        f' transform="rotate({lean} 100 100)"/><circle cx="100" cy="100" r="{step * 0.6:.1f}" fill="{room.light}"/>'
    )


def sunset(dice: Dice, room: Room) -> str:
    """A great sun in slices."""
    x, r = dice.between(70, 130), dice.between(62, 84)
    slices = "".join(f'<path d="M0 {104 + step * 15}H200" stroke-width="{2 + step * 1.7:.1f}"/>' for step in range(7))
    return f'<circle cx="{x}" cy="106" r="{r}" fill="{room.light}"/><g stroke="{room.ground}">{slices}</g>'


def paper(dice: Dice, room: Room) -> str:
    """Sheets cut askew and laid over each other."""
    return "".join(
        f'<rect x="{dice.between(10, 90)}" y="{dice.between(6, 100)}" width="{dice.between(50, 110)}"'
        f' height="{dice.between(40, 90)}" fill="{fill}" transform="rotate({dice.between(-24, 24)} 100 100)"/>'
        for fill in (room.second, room.light, room.second, room.ground)
    )


def skyline(dice: Dice, room: Room) -> str:
    """A town at night, some windows lit."""
    houses, windows, x = [], [], 0
    while x < 200:
        width, top = dice.between(20, 40), dice.between(76, 156)
        houses.append(f"M{x} 200V{top}h{width}V200z")
        windows.append(f"M{x + 9} {top + 14}V200")
        x += width + 1
    return (
        f'<circle cx="{dice.between(30, 170)}" cy="62" r="{dice.between(12, 20)}" fill="{room.light}"/>'
        f'<path d="{"".join(houses)}" fill="{room.second}"/>'
        f'<path d="{"".join(windows)}" stroke="{room.light}" stroke-width="5"'
        f' stroke-dasharray="6 {dice.between(14, 32)}"/>'
    )


def rain(dice: Dice, room: Room) -> str:
    """It rains, at a slant."""
    lean = dice.between(20, 60)
    falls = "".join(
        f'<path d="M{x} {-dice.below(60)}l-{lean} 260"'
        f' stroke-dasharray="{dice.between(8, 34)} {dice.between(10, 30)}"/>'
        for x in range(14, 250, 21)
    )
    moon = f'<circle cx="{dice.between(50, 150)}" cy="{dice.between(60, 100)}" r="44" fill="{room.second}"/>'
    return f'{moon}<g stroke="{room.light}" stroke-width="2.2">{falls}</g>'


def curtain(dice: Dice, room: Room) -> str:
    """It parts."""
    fold, middle = dice.between(9, 15), dice.between(80, 120)
    return (
        f'<path d="M0 100H200" stroke="{room.second}" stroke-width="220" stroke-dasharray="{fold} {fold // 2}"/>'
        f'<path d="M{middle} -10Q{middle - 8} 120 {middle - 62} 200H{middle + 62}Q{middle + 8} 120 {middle} -10Z"'
        f' fill="{room.light}"/>'
    )


def stairs(dice: Dice, room: Room) -> str:
    """Up to a door in the light."""
    rise, start = dice.between(13, 19), dice.between(150, 190)
    steps = "".join(f"h{26}v-{rise}" for _ in range(6))
    top = start - 6 * rise
    return (
        f'<path d="M0 {start}{steps}H200V200H0Z" fill="{room.second}"/>'
        f'<path d="M163 {top}V{top - 52}h24v52z" fill="{room.light}"/>'
        f'<path d="M163 {top}L{dice.between(20, 80)} 200H150L187 {top}z" fill="{room.light}" fill-opacity=".28"/>'
    )


def moon(dice: Dice, room: Room) -> str:
    """A moon behind the hill."""
    x, y, r = dice.between(60, 140), dice.between(70, 100), dice.between(40, 62)
    return (
        f'<circle cx="{x}" cy="{y}" r="{r + 26}" fill="{room.second}" fill-opacity=".55"/>'
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{room.light}"/>'
        f'<path d="M0 {dice.between(120, 150)}L{dice.between(50, 90)} {dice.between(90, 130)} {dice.between(110, 150)}'
        f' {dice.between(140, 165)} 200 {dice.between(110, 140)}V200H0Z" fill="{room.ground}"/>'
    )


SCENES: tuple[Scene, ...] = (
    beam, iris, bars, leader, spiral, sunset, paper, skyline, rain, curtain, stairs, moon,
)  # fmt: skip
