"""What the address bar may ask for."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adaptapedia.ingest.models import Match, Reject
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.moments import NoMoment, moment_of

BIGGEST_ID = 2**63 - 1


class Filter(forms.Form):
    """Filters of a list, in the query string. What is malformed is said beside its field and filters nothing."""

    before = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)

    def asked(self, field: str) -> Any:
        """The value of a field; None when it is empty or malformed."""
        self.is_valid()
        return self.cleaned_data.get(field) or None


class RunFilter(Filter):
    schedule = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(required=False, choices=JobRun.State.choices)


class ScheduleFilter(forms.Form):
    """Which part of the programme is shown. What is malformed narrows nothing."""

    q = forms.CharField(required=False, max_length=200)
    only = forms.ChoiceField(required=False, choices=[("paused", _("paused")), ("trouble", _("in trouble"))])
    after = forms.CharField(required=False, max_length=200, strip=False)

    def asked(self, field: str) -> str:
        """The value of a field; empty when it is malformed too."""
        self.is_valid()
        return str(self.cleaned_data.get(field) or "")


class ItemFilter(Filter):
    item = forms.CharField(required=False, max_length=120, label=_("Item"))

    def clean_item(self) -> int | None:
        """The number of an item given as Q42, q42 or its address; None when nothing was asked."""
        text: str = self.cleaned_data["item"]
        if not text:
            return None
        if (found := re.search(r"(?:^|[/Qq])([0-9]{1,18})$", text.strip())) is None:
            raise forms.ValidationError(_("An item is a Q and a number, such as Q42."))
        return int(found[1])


class RejectFilter(ItemFilter):
    reason = forms.ChoiceField(required=False, choices=Reject.Reason.choices)


class MatchFilter(ItemFilter):
    state = forms.ChoiceField(required=False, choices=Match.State.choices)


class DifferenceFilter(Filter):
    kept = forms.BooleanField(required=False)


class MomentField(forms.CharField):
    """A moment as people type it; in UTC unless it says another zone."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return moment_of(text, now=timezone.now()) if text else None
        except NoMoment as error:
            raise forms.ValidationError(str(error)) from None


class ExplainForm(forms.Form):
    when = MomentField(label=_("When"), required=False, max_length=40)

    def clean_when(self) -> Any:
        """Now, unless another moment is given."""
        return self.cleaned_data["when"] or timezone.now()


class BackfillForm(forms.Form):
    begin = MomentField(label=_("From"), max_length=40)
    end = MomentField(label=_("To"), max_length=40)


class DecisionForm(forms.Form):
    """What somebody decides of a difference, and what the upstream said when they saw it."""

    keep = forms.ChoiceField(choices=[("ours", _("ours")), ("theirs", _("theirs"))])
    theirs = forms.JSONField()
