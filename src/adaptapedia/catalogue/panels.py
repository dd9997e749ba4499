"""What belongs to an entry, as tables on its page in the admin. One query each, however much there is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import Held
from adaptapedia.catalogue.derived import DERIVED
from adaptapedia.catalogue.metadata import Metadata
from adaptapedia.catalogue.models import Adaptation, Entry, Person, ScreenCredit, ScreenWork, Work, WorkCredit
from adaptapedia.catalogue.queries import FORMER_SLUGS
from adaptapedia.desk.panels import SHOWN, More, page_of, run_page, table

LONGEST = 200
"""Letters of a value of metadata."""
NOT_TOLD = {"screen_work", "work", "digest", "provenance", "locks"}
Stamps = Mapping[str, Any]
Locks = Mapping[str, Any]
READ = SHOWN + 1
"""One more than is shown, so that a panel knows whether there are more."""


def adaptations_of_work(work: Work) -> SafeString:
    return _adaptations(work.adaptations.select_related("screen_work"), "screen_work", of=work)


def remakes_of(screen_work: ScreenWork) -> SafeString:
    return _adaptations(screen_work.remakes.select_related("screen_work"), "screen_work", of=screen_work)


def sources_of_screen_work(screen_work: ScreenWork) -> SafeString:
    found = screen_work.adaptations.select_related("work", "original")
    return _adaptations(found, "work", "original", of=screen_work)


def _adaptations(found: Any, *sides: str, of: Entry) -> SafeString:
    rows = []
    for row in found.order_by("pk")[:READ]:
        other = next(filter(None, (getattr(row, side) for side in sides)), None)
        state = _("retired") if row.retired_at else _("missing upstream") if row.missing_since else ""
        relation = page_of(row, text=row.get_relation_display())
        rows.append((relation, page_of(other), row.source, run_page(row.run_id), state))
    columns = (_("Relation"), _("Title"), _("Source"), _("Run"), _("State"))
    return table(columns, rows, empty=_("There is none."), more=_all_adaptations(of))


def _all_adaptations(of: Entry) -> More:
    return More(_("All of them"), f"{reverse('admin:catalogue_adaptation_changelist')}?q={of.slug}")


def credits_of(entry: Work | ScreenWork) -> SafeString:
    rows = (
        (line.get_role_display(), page_of(line.person) if line.person else line.name, line.source)
        for line in entry.credits.select_related("person")[:READ]
    )
    return table((_("Role"), _("Person"), _("Source")), rows, empty=_("Nobody is credited."))


def credits_of_person(person: Person) -> SafeString:
    works = WorkCredit.objects.filter(person=person).select_related("work").order_by("pk")[:READ]
    screen_works = ScreenCredit.objects.filter(person=person).select_related("screen_work").order_by("pk")[:READ]
    rows = [
        *((line.get_role_display(), page_of(line.work), line.source) for line in works),
        *((line.get_role_display(), page_of(line.screen_work), line.source) for line in screen_works),
    ]
    return table((_("Role"), _("Title"), _("Source")), rows, empty=_("Credited with nothing here."))


def external_ids_of(entry: Any) -> SafeString:
    rows = ((line.get_scheme_display(), line.value, line.source) for line in entry.external_ids.order_by("pk")[:READ])
    return table((_("Scheme"), _("Id"), _("Source")), rows, empty=_("There is none."))


def former_slugs_of(entry: Entry) -> SafeString:
    former = FORMER_SLUGS[type(entry)]
    rows = former.model._default_manager.filter(**{former.owner: entry}).order_by("-pk").values_list("slug")[:READ]
    return table((_("Address that redirects here"),), rows, empty=_("Its address has not changed."))


def metadata_of(entry: Work | ScreenWork) -> SafeString:
    """What TMDb or Open Library tells, field by field, and where each comes from."""
    told: Metadata | None = getattr(entry, "metadata", None)
    columns = (_("Field"), _("Value"), _("Source"), _("Run"), _("Since"), _("Locked by"))
    if told is None:
        return table(columns, (), empty=_("Nothing has been told yet."))
    people = _people(told.provenance, told.locks)
    rows = []
    for field in (field.name for field in told._meta.concrete_fields if field.name not in NOT_TOLD):
        value = Truncator(str(getattr(told, field))).chars(LONGEST)
        rows.append((_label(told, field), value, *_source(field, told.provenance, told.locks, people)))
    return format_html("{}<p>{}</p>", table(columns, rows, empty=""), page_of(told, text=_("Mend it")))


def sources_of(entry: Held) -> SafeString:
    """Where each value comes from, when it came, and who holds it against upstreams."""
    columns = (_("Field"), _("Source"), _("Run"), _("Since"), _("Locked by"))
    return _sources(entry, entry.provenance, entry.locks, columns)


def sources_of_adaptation(adaptation: Adaptation) -> SafeString:
    """Where each value comes from, and when it came."""
    return _sources(adaptation, adaptation.stamps, {}, (_("Field"), _("Source"), _("Run"), _("Since")))


def _sources(row: Model, stamps: Stamps, locks: Locks, columns: Sequence[object]) -> SafeString:
    people = _people(stamps, locks)
    own = sorted({*stamps, *locks} - DERIVED - {"*"})
    fields = [*(["*"] if "*" in stamps else []), *own]
    rows = [(_label(row, field), *_source(field, stamps, locks, people))[: len(columns)] for field in fields]
    return table(columns, rows, empty=_("Nothing is known of where it comes from."))


def _source(field: str, stamps: Stamps, locks: Locks, people: dict[int, User]) -> tuple[object, ...]:
    source, by, at = (*stamps.get(field, stamps.get("*", ())), None, None, None)[:3]
    told: object = source
    run: object = run_page(by if isinstance(by, int) else None)
    if source == "person":
        told, run = _by(by, people), "–"
    lock = locks.get(field)
    held = f"{_by(lock.get('by'), people)}, {_moment(lock.get('at'))}" if lock else "–"
    return told, run, _moment(at), held


def _people(stamps: Stamps, locks: Locks) -> dict[int, User]:
    named: Iterable[Any] = (
        *(lock.get("by") for lock in locks.values()),
        *(stamp[1] for stamp in stamps.values() if stamp[0] == "person"),
    )
    return User.objects.in_bulk({number for number in named if isinstance(number, int)})


def _by(number: Any, people: dict[int, User]) -> str:
    person = people.get(number)
    return person.get_username() if person else _("somebody who has gone")


def _label(row: Model, field: str) -> str:
    if field == "*":
        return _("All others")
    known = {column.name: column for column in row._meta.concrete_fields}
    return str(known[field].verbose_name).capitalize() if field in known else field


def _moment(text: Any) -> str:
    at = parse_datetime(text) if isinstance(text, str) else None
    return date_format(at, "SHORT_DATETIME_FORMAT") if at else "–"
