"""Who changed what: every change that a person makes is kept, with what stood before, by whom, when and from where.

django-auditlog compares and keeps. Its own middleware reads the session of every request and believes every
X-Forwarded-For, so ours only holds the request, and who it is from is asked when there is something to put down.
What programs write (a deploy, a job) has no actor. Bulk ingestion is SQL and passes this by.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from auditlog.context import disable_auditlog
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.db.models.signals import pre_save
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from adaptapedia.desk.addresses import UNKNOWN, client_address

BY = "by"
"""Where in `additional_data` the number of the actor stands: the pointer to the account goes with the account."""
CALLED = "called"
"""Where in `additional_data` the name of somebody stands who has no account: whoever gave a command."""
ROLE = "role"
"""Where in `additional_data` the database's role stands that changed a row past its model: triggers write it."""

_request: ContextVar[HttpRequest | None] = ContextVar("adaptapedia_request", default=None)
_called: ContextVar[str] = ContextVar("adaptapedia_called", default="")


@contextmanager
def not_kept() -> Iterator[None]:
    """Within it nothing is kept: for programs that write in bulk through models and tell elsewhere what they did."""
    with disable_auditlog():
        yield


@contextmanager
def made_by(name: str) -> Iterator[None]:
    """Within it changes are put down to this name, of somebody on a command line, who has no account there."""
    held = _called.set(name)
    try:
        yield
    finally:
        _called.reset(held)


def keep_changes(
    model: type[Model], *, leave_out: Iterable[str] = (), mask: Iterable[str] = (), many: Iterable[str] = ()
) -> None:
    """Keep what people change in a model from now on.

    `leave_out`: fields that programs write or nobody may read. `mask`: fields of which half is kept.
    `many`: many-to-many fields to keep as well. Raises FieldDoesNotExist.
    """
    left_out = {model._meta.get_field(name).name for name in leave_out}
    auditlog.register(
        model,
        include_fields=[field.name for field in model._meta.concrete_fields if field.name not in left_out],
        mask_fields=[model._meta.get_field(name).name for name in mask],
        m2m_fields={model._meta.get_field(name).name for name in many},
    )


def kept(model: type[Model]) -> bool:
    """Whether the changes of this model are kept."""
    return bool(auditlog.contains(model))


class HoldRequest:
    """Middleware: whose request a change comes in with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        held = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(held)


def put_down_who() -> None:
    """Give each change that comes in with a request its actor and address, others the name that `made_by` gives."""
    pre_save.connect(_put_down, sender=LogEntry, dispatch_uid="adaptapedia.desk.changes")


def _put_down(instance: Any, **_: Any) -> None:
    if not instance._state.adding:
        return
    if called := _called.get():
        instance.additional_data = {**(instance.additional_data or {}), CALLED: called}
    request = _request.get()
    if request is None:
        return
    user = getattr(request, "user", None)
    if isinstance(user, get_user_model()):
        instance.additional_data = {**(instance.additional_data or {}), BY: user.pk}
        if not _says_who_has_gone(instance, user):
            instance.actor = user
    address = client_address(request)
    instance.remote_addr = None if address == UNKNOWN else address


def _says_who_has_gone(instance: Any, user: Any) -> bool:
    """Whether this is the deletion of the very person who asks for it: no row can point at them any more."""
    deleted = instance.action == LogEntry.Action.DELETE and _model(instance) is get_user_model()
    return deleted and str(instance.object_pk) == str(user.pk)


def number_of_actor(entry: Any) -> int | None:
    """The number of whoever made a change, which stays when the account has gone; None for a program."""
    number: int | None = entry.actor_id or (entry.additional_data or {}).get(BY)
    return number


def who(entry: Any) -> str:
    """Who made a change, in words. A program has no name, and somebody who has gone has only a number."""
    if entry.actor:
        name: str = entry.actor.get_username()
        return name
    if (number := number_of_actor(entry)) is not None:
        return _("somebody who has gone (account %(number)s)") % {"number": number}
    said = entry.additional_data or {}
    if role := said.get(ROLE):
        return _("somebody in SQL or in bulk (role %(role)s)") % {"role": role}
    return said.get(CALLED) or _("the system")


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one field. Of one that holds many: what was added or removed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One act on one row."""

    entry: Any
    differences: tuple[Difference, ...]


def of_row(row: Model) -> "QuerySet[Any]":
    """The changes of a row, the newest first."""
    return of_rows([row])


def of_rows(rows: Iterable[Model]) -> "QuerySet[Any]":
    """The changes of several rows, of whatever kinds, the newest first."""
    wanted = Q(pk=None)
    for row in rows:
        wanted |= Q(content_type=ContentType.objects.get_for_model(row), object_pk=str(row.pk))
    found: QuerySet[Any] = LogEntry.objects.filter(wanted).select_related("actor", "content_type").order_by("-id")
    return found


def read(entries: Iterable[Any]) -> list[Change]:
    """Changes for people: fields by their names, other rows by theirs, which takes one query a kind of row."""
    listed = list(entries)
    names = _names_of(listed)
    return [Change(entry, tuple(_differences(entry, names))) for entry in listed]


def read_fields(entry: Any) -> list[str]:
    """The names of the fields that a change was to."""
    return [str(getattr(_field(entry, name), "verbose_name", name)) for name in sorted(entry.changes or {})]


Names = Mapping[type[Model], Mapping[str, str]]


def _names_of(entries: Iterable[Any]) -> Names:
    wanted: dict[type[Model], set[str]] = defaultdict(set)
    for entry in entries:
        for name, change in (entry.changes or {}).items():
            if (kind := _kind_behind(entry, name)) is not None and isinstance(change, list):
                wanted[kind] |= {value for value in change if value and value.isdigit()}
    return {
        kind: {str(pk): str(row) for pk, row in kind._default_manager.in_bulk(sorted(map(int, keys))).items()}
        for kind, keys in wanted.items()
    }


def _field(entry: Any, name: str) -> Any:
    model = _model(entry)
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _model(entry: Any) -> type[Model] | None:
    return ContentType.objects.get_for_id(entry.content_type_id).model_class()


def _kind_behind(entry: Any, name: str) -> type[Model] | None:
    field = _field(entry, name)
    return field.related_model if isinstance(field, ForeignKey) else None


def _differences(entry: Any, names: Names) -> Iterable[Difference]:
    for name, change in sorted((entry.changes or {}).items()):
        field = _field(entry, name)
        label = str(getattr(field, "verbose_name", name))
        if isinstance(change, dict):
            listed = ", ".join(change["objects"])
            yield Difference(label, *(("", listed) if change["operation"] == "add" else (listed, "")))
            continue
        kind = _kind_behind(entry, name)
        shown = [_shown(value, field, names.get(kind, {}) if kind else {}) for value in change]
        yield Difference(label, *shown)


def _shown(value: Any, field: Any, names: Mapping[str, str]) -> str:
    if value in (None, "None", ""):
        return ""
    if value in ("True", "False"):
        return _("yes") if value == "True" else _("no")
    choices = dict(getattr(field, "flatchoices", None) or ())
    return str(choices.get(value) or names.get(value) or value)
