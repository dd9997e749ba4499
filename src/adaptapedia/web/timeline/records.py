"""What goes into the drawing of a family, and what comes out.

Years are historical (-44 is 44 BCE, there is no year 0). Lengths are units of the drawing, which is
`Drawing.width` of them wide: pixels where it is shown at its full size.
"""

from dataclasses import dataclass

MARK = 9.0
"""How wide the mark of a series of one year is."""


@dataclass(frozen=True, slots=True)
class Source:
    """The book that the family comes from. `lang` is the language of its title, as in HTML."""

    title: str
    lang: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A film or series of the family. `parent` is the key of the one it is a remake of; keys are unique.

    `end_year` makes it a span; a series that still runs has none and is a point.
    """

    key: str
    title: str
    lang: str
    address: str
    kind: str
    year: int | None = None
    end_year: int | None = None
    relation: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return round(self.right - self.left, 1)

    @property
    def height(self) -> float:
        return round(self.bottom - self.top, 1)


@dataclass(frozen=True, slots=True)
class Placed:
    """A member where it stands: its mark, its label, and the lines that lead to it.

    The mark of a series reaches from `x` to `end`; where that would leave its label no room, the mark
    is a point and `span` a line under the label. `title` is cut to fit, with an ellipsis. `line` comes
    from the axis or, `branch`, from the member that this one is a remake of; `trail` is `line` with those
    of its forebears back to the axis. `line`, `trail` and `span` are SVG paths.
    """

    member: Member
    x: float
    y: float
    end: float
    title: str
    years: str
    text_x: float
    leftward: bool
    box: Box
    line: str
    trail: str
    span: str
    branch: bool

    @property
    def length(self) -> float:
        return round(self.end - self.x + MARK, 1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A year of the axis. Without a label where another label stands already."""

    x: float
    year: int
    label: str
    box: Box


@dataclass(frozen=True, slots=True)
class Book:
    """The book's own mark and label, under the axis."""

    x: float
    title: str
    years: str
    text_x: float
    leftward: bool
    box: Box


@dataclass(frozen=True, slots=True)
class Break:
    """Where years without anything are cut out of the axis."""

    left: float
    right: float
    years: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """`placed` is in the order of years; members without a year are in `undated` alone."""

    width: float
    height: float
    axis: float
    placed: tuple[Placed, ...]
    ticks: tuple[Tick, ...]
    book: Book | None
    gap: Break | None
    undated: tuple[Member, ...]
