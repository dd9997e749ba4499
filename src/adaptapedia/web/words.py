"""Years, spans and the sentence that says how a book has fared, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from adaptapedia.catalogue.models import ScreenWork, Work

NUMBERS: tuple[str | Promise, ...] = (
    gettext_lazy("three"), gettext_lazy("four"), gettext_lazy("five"), gettext_lazy("six"), gettext_lazy("seven"),
    gettext_lazy("eight"), gettext_lazy("nine"), gettext_lazy("ten"), gettext_lazy("eleven"), gettext_lazy("twelve"),
    gettext_lazy("thirteen"), gettext_lazy("fourteen"), gettext_lazy("fifteen"), gettext_lazy("sixteen"),
    gettext_lazy("seventeen"), gettext_lazy("eighteen"), gettext_lazy("nineteen"), gettext_lazy("twenty"),
)  # fmt: skip
"""From three on: once and twice have words of their own."""

FORMS: dict[str, str | Promise] = {
    Work.Form.NOVEL: gettext_lazy("novel"),
    Work.Form.NOVELLA: gettext_lazy("novella"),
    Work.Form.SHORT_STORY: gettext_lazy("short story"),
    Work.Form.PLAY: gettext_lazy("play"),
    Work.Form.POEM: gettext_lazy("poem"),
    Work.Form.COMIC: gettext_lazy("comic"),
    Work.Form.MANGA: gettext_lazy("manga"),
    Work.Form.BOOK_SERIES: gettext_lazy("series of books"),
    Work.Form.BOOK: gettext_lazy("book"),
    Work.Form.LITERARY_WORK: gettext_lazy("work"),
    Work.Form.WRITTEN_WORK: gettext_lazy("work"),
}
"""In the middle of a sentence."""


@dataclass(frozen=True, slots=True)
class Fate:
    """When a book came out and when the screen took it up; years may be unknown, or before the book's."""

    written: int | None
    screened: tuple[int, ...]
    """The known years, in order."""
    unknown: int = 0
    """How many screen works have no year."""

    @property
    def times(self) -> int:
        return len(self.screened) + self.unknown


def historical(year: int | None) -> str:
    """A year as people write it, 44 BCE for -44; empty where it is unknown."""
    if year is None:
        return ""
    return str(year) if year > 0 else _("%(year)s BCE") % {"year": -year or 1}


def years_of(screen_work: ScreenWork) -> str:
    """A film's year, a series' span; of a series whose end is not known only the beginning."""
    first, last = screen_work.year, screen_work.end_year
    if first is None or last is None or last == first:
        return historical(first if first is not None else last)
    return f"{historical(first)}–{historical(last)}"


def form_in_words(work: Work) -> str:
    """The form of a work in the middle of a sentence: "novel"."""
    return str(FORMS[work.form])


def fate_in_words(fate: Fate, *, form: str, authors: Sequence[str]) -> str:
    """One or two sentences on how often and when a book reached the screen; they claim nothing that is not known."""
    subject = _subject(form, authors)
    if not fate.times:
        return _("%(subject)s has not reached the screen in this catalogue.") % {"subject": subject}
    when = _when(fate)
    terms = {"subject": subject, "times": _times(fate.times), "when": when}
    if not when:
        return _("%(subject)s has reached the screen %(times)s in this catalogue.") % terms
    return _("%(subject)s has reached the screen %(times)s in this catalogue, %(when)s.") % terms


def _subject(form: str, authors: Sequence[str]) -> str:
    if not authors:
        return _("This %(form)s") % {"form": form}
    if len(authors) == 1:
        return _("%(author)s’s %(form)s") % {"author": authors[0], "form": form}
    return _("This %(form)s by %(authors)s") % {"form": form, "authors": in_a_row(authors)}


def in_a_row(names: Sequence[str]) -> str:
    """Names with commas and an "and" before the last; of more than three the first and "others"."""
    if len(names) > 3:
        return _("%(first)s and others") % {"first": names[0]}
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s and %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def _times(count: int) -> str:
    if count == 1:
        return _("once")
    if count == 2:
        return _("twice")
    number = str(NUMBERS[count - 3]) if count - 3 < len(NUMBERS) else str(count)
    return ngettext("%(number)s time", "%(number)s times", count) % {"number": number}


def _when(fate: Fate) -> str:
    if not fate.screened:
        return ""
    first, last = fate.screened[0], fate.screened[-1]
    if fate.times == 1:
        return _gap(fate.written, first, alone=True)
    if fate.unknown and first == last:
        return _("as far as is known in %(year)s") % {"year": historical(first)}
    if fate.unknown:
        years = {"first": historical(first), "last": historical(last)}
        return _("as far as is known first in %(first)s, last in %(last)s") % years
    if first == last:
        both = _("both in %(year)s") if fate.times == 2 else _("all in %(year)s")
        return both % {"year": historical(last)}
    return _("%(first)s, last in %(last)s") % {"first": _gap(fate.written, first), "last": historical(last)}


def years_between(written: int, screened: int) -> int:
    """How many years from page to screen, below 0 where the screen was first. No year 0 stands between 1 BCE and 1."""
    return screened - written - (1 if written < 0 < screened else 0)


def _gap(written: int | None, first: int, *, alone: bool = False) -> str:
    """How long the first took."""
    year = {"year": historical(first)}
    if written is None:
        return (_("in %(year)s") if alone else _("first in %(year)s")) % year
    gap = years_between(written, first)
    if gap < 0:
        before = _("in %(year)s, before it was published") if alone else _("first in %(year)s, before it was published")
        return before % year
    if gap == 0:
        return _("in the year it was published, %(year)s") % year if alone else _("first in the year it was published")
    years = ngettext("%(gap)d year", "%(gap)d years", gap) % {"gap": gap}
    if alone:
        return _("after %(years)s, in %(year)s") % {"years": years, **year}
    return _("first after %(years)s") % {"years": years}
