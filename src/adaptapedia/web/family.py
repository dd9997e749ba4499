"""The family of a book in words: what the timeline, its list and its table say."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from adaptapedia.catalogue.family import Family
from adaptapedia.catalogue.models import Adaptation, ScreenWork, Work
from adaptapedia.web.addresses import address_at
from adaptapedia.web.timeline import Drawing, Member, Source, lay_out
from adaptapedia.web.timeline.records import Book, Placed
from adaptapedia.web.timeline.tree import depth_of, parents_of
from adaptapedia.web.timeline.years import years_between

SERIES = {ScreenWork.Kind.SERIES, ScreenWork.Kind.MINISERIES}
DEEPEST = 3
"""Remakes further down the line are not set in further: a phone is narrow."""
DISTANCES = (0, 4, 15, 40, 80)
"""Up to so many years two steps of the list stand nearer each other than those further apart; beyond, a silence."""

# The title stands between isolates (U+2068, U+2069): an SVG tspan with a direction of its own would turn the
# anchor of the whole text around.
MEMBER = """<a class="{classes}" href="{address}" aria-label="{name}"><title>{name}</title>
<path class="timeline-trail" d="{trail}"/>
<rect class="timeline-hit{cover}" x="{left}" y="{top}" width="{width}" height="{height}" rx="2"/>
{span}{mark}
<text class="timeline-label" x="{x}" y="{y}" dy="5" font-size="15" text-anchor="{anchor}">\
<tspan lang="{lang}">\u2068{title}\u2069</tspan><tspan class="timeline-when" dx="8">{years}</tspan></text></a>"""
SPAN = '<path class="timeline-span" d="{}"/>'
DOT = '<circle class="timeline-mark" cx="{x}" cy="{y}" r="5"/>'
BAR = """<rect class="timeline-mark" x="{x}" y="{y}" width="{length}" height="9" rx="1.5" \
transform="translate(-4.5 -4.5)"/>"""
LINE = """<li class="{}">
        <span class="timeline-years">{}</span>
        <div class="timeline-entry">
          {}
          <span class="timeline-note">{}</span>
        </div>
      </li>"""
ROW = """<tr><td class="nowrap">{}</td><th scope="row">{}</th><td class="nowrap">{}</td><td>{}</td>{}</tr>"""
NUMBER = '<td class="number" data-label="{}">{}</td>'
NO_NUMBER = SafeString('<td class="number"></td>')
LINK = '<a class="title" href="{}" lang="{}" dir="auto">{}</a>'
TITLE = '<span class="title" lang="{}" dir="auto">{}</span>'

_KINDS = dict(ScreenWork.Kind.choices)
_RELATIONS = dict(Adaptation.Relation.choices)


def source_of(work: Work) -> Source:
    return Source(work.title, work.title_language, work.year)


def members_of(family: Family) -> list[Member]:
    """The relatives as members of a timeline, each with the address of its page."""
    return [
        Member(
            key=str(relative.id),
            title=relative.title,
            lang=relative.title_language,
            address=address_at(ScreenWork, relative.slug),
            kind=relative.kind,
            year=relative.year,
            end_year=relative.end_year,
            relation=relative.relation,
            parent=str(relative.original_id) if relative.original_id else None,
        )
        for relative in family.relatives
    ]


def year_text(year: int) -> str:
    return str(year) if year > 0 else _("%(year)s BCE") % {"year": -year}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list and of the table: a member, or (without one) the book itself."""

    member: Member | None
    title: str
    lang: str
    year: int | None
    years: str
    kind: str
    relation: str
    wait: int | None
    depth: int
    series: bool
    span: bool
    distance: int = 0

    @property
    def after(self) -> str:
        """How long after the book, as a phrase; nothing where that is not known."""
        if self.wait is None or self.member is None:
            return ""
        if self.wait == 0:
            return _("the book's own year")
        if self.wait < 0:
            before = ngettext("%(n)d year before the book", "%(n)d years before the book", -self.wait)
            return before % {"n": -self.wait}
        return ngettext("%(n)d year after the book", "%(n)d years after the book", self.wait) % {"n": self.wait}

    @property
    def number(self) -> str:
        """The years after the book as a column of figures has them."""
        if self.wait is None or self.member is None:
            return ""
        return str(self.wait) if self.wait >= 0 else f"−{-self.wait}"

    @property
    def heading(self) -> SafeString:
        """The title, which leads to its page."""
        if self.member is None:
            return format_html(TITLE, self.lang, self.title)
        return format_html(LINK, self.member.address, self.lang, self.title)

    @property
    def note(self) -> str:
        """What stands under the title in the list."""
        return " · ".join(part for part in (self.kind, self.after, self.relation if self.depth else "") if part)

    @property
    def classes(self) -> str:
        """How the list shows it."""
        found = [f"timeline-step timeline-after-{self.distance}"]
        found += [f"timeline-remake timeline-depth-{self.depth}"] if self.depth else []
        found += ["timeline-series"] if self.series else []
        found += ["timeline-lasting"] if self.span else []
        return " ".join(found if self.member else [*found, "timeline-origin"])

    @property
    def name(self) -> str:
        """All of it in a sentence, for those who do not see where it stands."""
        return ", ".join(
            part for part in (isolated(self.title), self.years, self.kind, self.relation, self.after) if part
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """A member in the drawing, with what is said of it."""

    placed: Placed
    step: Step

    @property
    def parts(self) -> dict[str, object]:
        """What `MEMBER` is made of."""
        placed, member = self.placed, self.placed.member
        mark = BAR if self.step.series or placed.end > placed.x else DOT
        return {
            "classes": "timeline-member timeline-remake" if self.step.depth else "timeline-member",
            "address": member.address,
            "name": self.step.name,
            "trail": placed.trail,
            "cover": " timeline-cover" if placed.branch and placed.leftward else "",
            "left": placed.box.left,
            "top": placed.box.top,
            "width": placed.box.width,
            "height": placed.box.height,
            "span": format_html(SPAN, placed.span) if placed.span else "",
            "mark": format_html(mark, x=placed.x, y=placed.y, length=placed.length),
            "x": placed.text_x,
            "y": placed.y,
            "anchor": "end" if placed.leftward else "start",
            "lang": member.lang,
            "title": placed.title,
            "years": placed.years,
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the template shows. `steps` are in the order of years, the book among them; `undated` stand apart."""

    source: Source
    drawing: Drawing
    figures: tuple[Figure, ...]
    steps: tuple[Step, ...]
    undated: tuple[Step, ...]
    summary: str
    label: str
    left_out: int

    @property
    def book(self) -> Book | None:
        return self.drawing.book

    @property
    def members_drawn(self) -> SafeString:
        """The links of the drawing. Not in the template, which would take four times as long over 55 of them."""
        return format_html_join("\n", MEMBER, (figure.parts for figure in self.figures))

    @property
    def lines(self) -> SafeString:
        """The list. Like the links and the table no part of the template."""
        return format_html_join("", LINE, ((step.classes, step.years, step.heading, step.note) for step in self.steps))

    @property
    def table(self) -> SafeString:
        """The rows of the table."""
        unknown, label = _("not known"), _("Years after the book:")
        return format_html_join(
            "\n",
            ROW,
            (
                (
                    step.years or unknown,
                    step.heading,
                    step.kind,
                    step.relation,
                    format_html(NUMBER, label, step.number) if step.number else NO_NUMBER,
                )
                for step in self.rows
            ),
        )

    @property
    def stems(self) -> str:
        return "".join(figure.placed.line for figure in self.figures if not figure.placed.branch)

    @property
    def twigs(self) -> str:
        return "".join(figure.placed.line for figure in self.figures if figure.placed.branch)

    @property
    def feet(self) -> str:
        axis = f" {self.drawing.axis:g}h0"
        return "".join(f"M{figure.placed.x:g}{axis}" for figure in self.figures if not figure.placed.branch)

    @property
    def has_series(self) -> bool:
        return any(figure.step.series for figure in self.figures)

    @property
    def has_remakes(self) -> bool:
        return any(figure.step.depth for figure in self.figures)

    @property
    def rows(self) -> tuple[Step, ...]:
        return self.steps + self.undated


def timeline_of(source: Source, members: Sequence[Member], *, total: int | None = None) -> Timeline:
    """Everything about a family that its part of the page shows; `total` counts those too that `members` leaves out."""
    drawing = lay_out(source, members, year_text=year_text)
    told = _Told(source, members)
    dated = [placed.member for placed in drawing.placed]
    return Timeline(
        source=source,
        drawing=drawing,
        figures=tuple(Figure(placed, told.step(placed.member)) for placed in drawing.placed),
        steps=tuple(_spaced(_in_order(told, dated))),
        undated=tuple(told.step(member) for member in drawing.undated),
        summary=_summary(members, dated),
        label=_label(source, dated),
        left_out=max(0, (total or 0) - len(members)),
    )


class _Told:
    def __init__(self, source: Source, members: Iterable[Member]) -> None:
        self.source = source
        self.members = {member.key: member for member in members}
        self.parents = parents_of(self.members.values())

    def book(self) -> Step:
        source = self.source
        years = "" if source.year is None else year_text(source.year)
        return Step(None, source.title, source.lang, source.year, years, _("The book"), "", 0, 0, False, False)

    def step(self, member: Member) -> Step:
        return Step(
            member=member,
            title=member.title,
            lang=member.lang,
            year=member.year,
            years=_years(member),
            kind=str(_KINDS.get(member.kind, member.kind)),
            relation=self._relation(member),
            wait=self._wait(member),
            depth=min(depth_of(member.key, self.parents), DEEPEST),
            series=member.kind in SERIES,
            span=member.end_year is not None and member.end_year > (member.year or member.end_year),
        )

    def _wait(self, member: Member) -> int | None:
        if self.source.year is None or member.year is None:
            return None
        return years_between(self.source.year, member.year)

    def _relation(self, member: Member) -> str:
        """`based on` goes without saying beside an original that is named."""
        own = str(_RELATIONS.get(member.relation, member.relation))
        original = self.members.get(self.parents.get(member.key, ""))
        if original is None:
            return own
        words = {"title": isolated(original.title), "years": _years(original)}
        remake = (_("remake of %(title)s, %(years)s") if words["years"] else _("remake of %(title)s")) % words
        if member.relation in ("", Adaptation.Relation.REMAKE_OF, Adaptation.Relation.BASED_ON):
            return remake
        return f"{own}, {remake}"


def isolated(title: str) -> str:
    """A title within a sentence of ours; between isolates where it runs the other way, lest its neighbours turn too."""
    strong = (unicodedata.bidirectional(sign) for sign in title)
    first = next((direction for direction in strong if direction in {"L", "R", "AL"}), None)
    if first is None or (first != "L") == get_language_bidi():
        return title
    return f"\u2068{title}\u2069"


def _years(member: Member) -> str:
    if member.year is None:
        return ""
    if member.end_year is None or member.end_year <= member.year:
        return year_text(member.year)
    return f"{year_text(member.year)}–{year_text(member.end_year)}"


def _in_order(told: _Told, dated: Sequence[Member]) -> list[Step]:
    steps = [told.step(member) for member in dated]
    if told.source.year is None or not steps:
        return steps
    earlier = sum((member.year or 0) < told.source.year for member in dated)
    return [*steps[:earlier], told.book(), *steps[earlier:]]


def _spaced(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps with their distance from the one before: 0 for the same year, up to the silence of a lifetime."""
    yield from steps[:1]
    for one, other in pairwise(steps):
        years = years_between(one.year or 1, other.year or 1)
        yield replace(other, distance=sum(years > limit for limit in DISTANCES))


def _summary(members: Sequence[Member], dated: Sequence[Member]) -> str:
    series = sum(member.kind in SERIES for member in members)
    others = sum(member.kind == ScreenWork.Kind.OTHER for member in members)
    films = len(members) - series - others
    parts = [
        ngettext("%(n)d film", "%(n)d films", films) % {"n": films} if films else "",
        ngettext("%(n)d series", "%(n)d series", series) % {"n": series} if series else "",
        ngettext("%(n)d other", "%(n)d others", others) % {"n": others} if others else "",
    ]
    if len(dated) > 1 and (over := years_between(dated[0].year or 1, dated[-1].year or 1)):
        parts.append(ngettext("within %(n)d year", "within %(n)d years", over) % {"n": over})
    return " · ".join(part for part in parts if part)


def _label(source: Source, dated: Sequence[Member]) -> str:
    if not dated:
        return ""
    words = {"title": source.title, "first": year_text(dated[0].year or 1), "last": year_text(dated[-1].year or 1)}
    return _("%(title)s and what the screen made of it, from %(first)s to %(last)s, on an axis of years") % words
