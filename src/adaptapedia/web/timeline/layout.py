"""The drawing of a family for wide screens: the axis of years, the screen above it, remakes branching below.

No two labels touch and none leaves the drawing. It grows in height only: each side of the axis has at
most as many lanes as members, so it is never higher than 130 + 30 for each member with a year.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from adaptapedia.web.timeline.lanes import REACH, Berth, Lanes, Wish
from adaptapedia.web.timeline.records import Book, Box, Break, Drawing, Member, Placed, Source, Tick
from adaptapedia.web.timeline.tree import parents_of
from adaptapedia.web.timeline.widths import shortened, text_width
from adaptapedia.web.timeline.years import Scale, make_scale, plain_year

WIDTH = 1152.0
LEFT, RIGHT = 30.0, WIDTH - 30.0
EDGE = 2.0
SIZE = 15.0
TICK_SIZE = 14.0
TICK_GAP = 60.0
BOOK_SIZE = 17.0
SERIF = 1.28  # Newsreader's letters, in those of the condensed Archivo
TITLE_WIDTH = 232.0
BOOK_TITLE_WIDTH = 300.0
YEAR_GAP = 8.0
LANE = 30.0
HALF = 11.0
HEAD = 18.0
ABOVE = 38.0
"""From the axis to the middle of the first lane above: the book stands between."""
STRIP = 34.0
"""Under the axis: its years."""
BELOW = 52.0
CORNER = 7.0

YearText = Callable[[int], str]


def lay_out(source: Source, members: Iterable[Member], *, year_text: YearText = plain_year) -> Drawing:
    """Place a family. Members without a year are handed back apart; without any year there is nothing to draw."""
    ordered = sorted(members, key=_by_year)
    dated = [member for member in ordered if member.year is not None]
    undated = tuple(member for member in ordered if member.year is None)
    if not dated:
        return Drawing(WIDTH, 0, 0, (), (), None, None, undated)
    return _Family(source, dated, year_text).drawn(undated)


def _by_year(member: Member) -> tuple[bool, int, int, str, str]:
    first = member.year if member.year is not None else 0
    return member.year is None, first, _last_year(member), member.title, member.key


def _last_year(member: Member) -> int:
    first = member.year or 0
    return max(first, member.end_year) if member.end_year is not None else first


class _Family:
    """One laying out, from years to places."""

    def __init__(self, source: Source, dated: Sequence[Member], year_text: YearText) -> None:
        self.source, self.dated, self.year_text = source, dated, year_text
        years = {year for member in dated for year in (member.year, _last_year(member)) if year is not None}
        if source.year is not None:
            years.add(source.year)
        self.scale: Scale = make_scale(years, left=LEFT, right=RIGHT)
        self.x = {member.key: self.scale.at(member.year or 0) for member in dated}
        self.end = {member.key: self.scale.at(_last_year(member)) for member in dated}
        self.years = {member.key: self._span_text(member) for member in dated}
        self.titles = {member.key: shortened(member.title, size=SIZE, width=TITLE_WIDTH) for member in dated}
        self.widths = {member.key: self._label_width(member.key) for member in dated}
        self.parents = parents_of(dated)

    def drawn(self, undated: tuple[Member, ...]) -> Drawing:
        above, over = self._berths_above()
        below, under = self._berths_below()
        axis = HEAD + ABOVE + HALF + LANE * max(0, len(over.taken) - 1)
        middle = {key: axis - ABOVE - LANE * berth.lane for key, berth in above.items()}
        middle |= {key: axis + BELOW + LANE * berth.lane for key, berth in below.items()}
        height = axis + (BELOW + LANE * len(under.taken) - LANE / 2 + EDGE if under.taken else STRIP)
        book = self._book(axis)
        trails: dict[str, str] = {}
        placed = {
            member.key: self._placed(member, (above | below)[member.key], middle, axis, trails)
            for member in self._parents_first()
        }
        return Drawing(
            width=WIDTH,
            height=height,
            axis=axis,
            placed=tuple(placed[member.key] for member in self.dated),
            ticks=self._ticks(axis, book),
            book=book,
            gap=self._gap(),
            undated=undated,
        )

    # lanes

    def _berths_above(self) -> tuple[dict[str, Berth], Lanes]:
        """From the last to the first: a label finds the lines that would cross it already there."""
        lanes = Lanes(EDGE, WIDTH - EDGE)
        berths = {
            member.key: lanes.take(self._wish(member, line=self.x[member.key]))
            for member in reversed(self.dated)
            if member.key not in self.parents
        }
        return berths, lanes

    def _berths_below(self) -> tuple[dict[str, Berth], Lanes]:
        lanes = Lanes(EDGE, WIDTH - EDGE)
        berths: dict[str, Berth] = {}
        for member in self._parents_first():
            if member.key not in self.parents:
                continue
            parent = self.parents[member.key]
            line = self.x[parent] if self._branches(member.key) else self.x[member.key]
            base = berths[parent].lane if parent in berths and self._branches(member.key) else -1
            berths[member.key] = lanes.take(self._wish(member, line=line, base=base))
        return berths, lanes

    def _wish(self, member: Member, *, line: float, base: int = -1) -> Wish:
        x, end, width = self.x[member.key], self.mark_end(member.key), self.widths[member.key]
        return Wish(x, end, width, min(x, line), max(x, self.end[member.key]), line, base)

    def mark_end(self, key: str) -> float:
        """Where the mark ends: with the span, unless that leaves no room for the label on either side of it."""
        x, end = self.x[key], self.end[key]
        room = REACH + self.widths[key] + EDGE
        return end if x >= room or end + room <= WIDTH else x

    def _label_width(self, key: str) -> float:
        return round(text_width(self.titles[key], size=SIZE) + YEAR_GAP + text_width(self.years[key], size=SIZE), 1)

    def _branches(self, key: str) -> bool:
        """A remake dated before its original hangs from the axis instead: no line runs back in time."""
        return key in self.parents and self.x[self.parents[key]] <= self.x[key]

    def _parents_first(self) -> list[Member]:
        """Each member after its original, otherwise in the order of years."""
        children: dict[str | None, list[Member]] = {}
        for member in self.dated:
            children.setdefault(self.parents.get(member.key), []).append(member)
        order, waiting = [], list(reversed(children.get(None, [])))
        while waiting:
            member = waiting.pop()
            order.append(member)
            waiting.extend(reversed(children.get(member.key, [])))
        return order

    # what stands there

    def _placed(
        self, member: Member, berth: Berth, middle: dict[str, float], axis: float, trails: dict[str, str]
    ) -> Placed:
        key, x, y = member.key, self.x[member.key], middle[member.key]
        width = self.widths[key]
        end = self.mark_end(key)
        left = x - REACH - width if berth.leftward else end + REACH
        parent = self.parents.get(key) if self._branches(key) else None
        below_axis = parent is not None and middle[parent] > axis
        line = _line(self.x[parent] if parent else x, middle[parent] if parent and below_axis else axis, x, y)
        trails[key] = f"{trails[parent]} {line}" if parent else line
        return Placed(
            member=member,
            x=x,
            y=y,
            end=end,
            title=self.titles[key],
            years=self.years[key],
            text_x=round(x - REACH if berth.leftward else left, 1),
            leftward=berth.leftward,
            box=_box(left, y - HALF, width, 2 * HALF),
            line=line,
            trail=trails[key],
            span=_span(x, y, self.end[key]) if self.end[key] > end else "",
            branch=parent is not None,
        )

    def _span_text(self, member: Member) -> str:
        first, last = member.year or 0, _last_year(member)
        return self.year_text(first) if first == last else f"{self.year_text(first)}–{self.year_text(last)}"

    def _book(self, axis: float) -> Book | None:
        if self.source.year is None:
            return None
        x = self.scale.at(self.source.year)
        years = self.year_text(self.source.year)
        title = shortened(self.source.title, size=BOOK_SIZE * SERIF, width=BOOK_TITLE_WIDTH)
        width = text_width(title, size=BOOK_SIZE * SERIF) + YEAR_GAP + text_width(years, size=BOOK_SIZE * SERIF)
        leftward = x - REACH + width > WIDTH - EDGE
        text_x = x + REACH if leftward else x - REACH
        return Book(
            x, title, years, text_x, leftward, _box(text_x - width if leftward else text_x, axis + 9, width, 23)
        )

    def _ticks(self, axis: float, book: Book | None) -> tuple[Tick, ...]:
        def room(label: str) -> float:
            return text_width(label, size=TICK_SIZE) + TICK_GAP

        found = []
        for year, x in self.scale.ticks(room=room, year_text=self.year_text):
            label = self.year_text(year)
            width = text_width(label, size=TICK_SIZE)
            left = min(max(x - width / 2, EDGE), WIDTH - EDGE - width)
            tick = Tick(x, year, label, _box(left, axis + 12, width, 17))
            found.append(replace(tick, label="") if book and _touch(tick.box, book.box) else tick)
        return tuple(found)

    def _gap(self) -> Break | None:
        cut = self.scale.cut_out
        return Break(round(cut.left, 1), round(cut.right, 1), int(cut.last - cut.first)) if cut else None


def _box(left: float, top: float, width: float, height: float) -> Box:
    return Box(round(left, 1), round(top, 1), round(left + width, 1), round(top + height, 1))


def _touch(one: Box, other: Box) -> bool:
    return one.left < other.right + YEAR_GAP and other.left < one.right + YEAR_GAP


def _line(from_x: float, from_y: float, x: float, y: float) -> str:
    if from_x == x:
        return f"M{x:g} {from_y:g}V{y:g}"
    corner = min(CORNER, x - from_x, abs(y - from_y))
    return f"M{from_x:g} {from_y:g}V{y - corner:g}q0 {corner:g} {corner:g} {corner:g}H{x:g}"


def _span(x: float, y: float, end: float) -> str:
    corner = min(CORNER, end - x)
    return f"M{x:g} {y:g}v{14 - CORNER:g}q0 {CORNER:g} {corner:g} {CORNER:g}H{end:g}"
