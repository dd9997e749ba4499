"""The forms of schedules, their policies and their rules: what cannot be kept is said beside its field."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import django_celery_beat.admin as beat
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from adaptapedia.scheduling.core.policies import LONGEST_WAIT
from adaptapedia.scheduling.core.rules import BadRule, Crontab, zone_named
from adaptapedia.scheduling.describing import OF_COMPANION
from adaptapedia.scheduling.models import ScheduleCompanion
from adaptapedia.scheduling.plans import CRON_FIELDS, given, visibility
from adaptapedia.scheduling.terms import spec_for
from adaptapedia.scheduling.wording import in_words

if TYPE_CHECKING:
    FormBase = forms.ModelForm[Any]
    PlainBase = forms.ModelForm[Any]
    TaskSelect = forms.Select
    InlineBase = forms.BaseInlineFormSet[ScheduleCompanion, Any, Any]
else:
    FormBase = beat.PeriodicTaskForm  # has no types
    PlainBase = forms.ModelForm
    InlineBase = forms.BaseInlineFormSet

    class TaskSelect(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
        """django-celery-beat's, in unfold's clothes."""


KEPT_AS_JSON: dict[str, Any] = {"args": list, "kwargs": dict, "headers": dict}
NOTHING = timedelta()


class ScheduleForm(FormBase):
    """django-celery-beat's form: a task that is registered, or any other by its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, widget in (("regtask", TaskSelect), ("task", UnfoldAdminTextInputWidget)):
            if name in self.fields:
                self.fields[name].widget = widget()

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        for name, kind in KEPT_AS_JSON.items():
            try:
                given(name, data.get(name), kind)
            except BadRule as error:
                self.add_error(name, _sentence(error))
        if data.get("solar"):
            said = _("Solar schedules are not supported: give it a crontab, an interval or a clocked time.")
            self.add_error("solar", said)
        clocked = data.get("clocked")
        if clocked and "clocked" in self.changed_data and clocked.clocked_time <= timezone.now():
            self.add_error("clocked", _("That has passed: it would never run."))
        return data


class CrontabForm(PlainBase):
    """A crontab that comes true at some time."""

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                zone = zone_named(str(data.get("timezone") or "UTC"))
                Crontab(**{name: data[name] for name in CRON_FIELDS}, zone=zone)
            except BadRule as error:
                self.add_error(None, _sentence(error))
        return data


class PoliciesForm(PlainBase):
    """What a row says beside its rule. An empty field leaves it to the job, or to the default."""

    class Meta:
        model = ScheduleCompanion
        fields = OF_COMPANION
        help_texts = {
            "soft_limit": gettext_lazy("Hours:minutes:seconds, or seconds. An attempt beyond it fails as timed out."),
            "hard_limit": gettext_lazy("An attempt beyond it is killed."),
            "retry_after": gettext_lazy("Before the first retry."),
        }

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        for name, said in _faults(data):
            if name not in self.errors:
                self.add_error(name, said)
        return data


class PoliciesFormSet(InlineBase):
    """The policies of one schedule, checked together with its rule and its job as the form around them has them.

    Only the policies are written: the place in time beside them is beat's, which may be writing it right now.
    """

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if not form.errors:
                self._check(form)

    def _check(self, form: Any) -> None:
        spec, companion = spec_for(self.instance.task), form.instance
        soft, hard = companion.soft_limit or spec.soft_limit, companion.hard_limit or spec.hard_limit
        if hard is not None and hard >= visibility():
            said = _("Must be below %(time)s, after which the broker hands its message out again.")
            form.add_error("hard_limit", said % {"time": in_words(visibility())})
        if soft is not None and hard is not None and soft >= hard:
            form.add_error("soft_limit", _("Must be below the hard limit, %(time)s.") % {"time": in_words(hard)})
        if companion.days and not self.instance.crontab:
            form.add_error("days", _("Days go with a crontab alone."))
        elif companion.days:
            self._check_rule(form)

    def _check_rule(self, form: Any) -> None:
        rule = self.instance.crontab
        try:
            fields = {name: getattr(rule, name) for name in CRON_FIELDS}
            Crontab(**fields, zone=ZoneInfo("UTC"), days=form.instance.days)
        except BadRule as error:
            form.add_error("days", _sentence(error))

    def save_new(self, form: Any, commit: bool = True) -> ScheduleCompanion:
        """A trigger has made the row along with the schedule's, unless somebody deleted it in SQL."""
        companion: ScheduleCompanion = super().save_new(form, commit=False)
        there = ScheduleCompanion.objects.filter(pk=companion.pk).exists()
        companion._state.adding = not there
        companion.save(update_fields=OF_COMPANION if there else None)
        return companion

    def save_existing(self, form: Any, obj: ScheduleCompanion, commit: bool = True) -> ScheduleCompanion:
        companion: ScheduleCompanion = form.save(commit=False)
        companion.save(update_fields=OF_COMPANION)
        return companion


def _faults(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("jitter", "retry_after", "backoff_max"):
        if (span := data.get(name)) is not None and span < NOTHING:
            yield name, _("Cannot be negative.")
    for name in ("retry_after", "backoff_max"):
        if (span := data.get(name)) is not None and span > LONGEST_WAIT:
            yield name, _("Cannot be longer than %(days)s days.") % {"days": f"{LONGEST_WAIT.days:,}"}
    for name in ("soft_limit", "hard_limit"):
        if (span := data.get(name)) is not None and span <= NOTHING:
            yield name, _("Must be longer than nothing.")
    if (bound := data.get("missed_bound")) is not None and bound < 1:
        yield "missed_bound", _("Must be 1 or more.")
    if (backoff := data.get("backoff")) is not None and not backoff >= 1:
        yield "backoff", _("Must be 1 or more: each wait is so many times the one before.")
    if days := data.get("days"):
        try:
            Crontab("0", "0", "*", "*", "*", zone=ZoneInfo("UTC"), days=days)
        except BadRule as error:
            yield "days", _sentence(error)


def _sentence(error: Exception) -> str:
    said = str(error).strip()
    return said[:1].upper() + said[1:] + ("" if said.endswith(".") else ".")
