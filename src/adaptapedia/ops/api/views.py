"""What `adaptapedia jobs … --json` tells of schedules and runs. For moderators and administrators, by token."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request

from adaptapedia.accounts.models import User
from adaptapedia.api import problems
from adaptapedia.api.problems import Problem
from adaptapedia.api.views.base import READ, Endpoint, told
from adaptapedia.ops.paging import page_before
from adaptapedia.scheduling import backfilling, queries, telling
from adaptapedia.scheduling.actions import UnknownSchedule, schedule_named
from adaptapedia.scheduling.backfilling import CannotBackfill
from adaptapedia.scheduling.changing import edits_of
from adaptapedia.scheduling.describing import terms_of
from adaptapedia.scheduling.explaining import explain
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.moments import NoMoment, moment_of
from adaptapedia.scheduling.previewing import MOST, SHOWN, preview

LARGEST_ID = 2**63 - 1
SCHEDULES_AT_ONCE = 500


@contextmanager
def refused() -> Iterator[None]:
    """What cannot be told, as a problem."""
    try:
        yield
    except UnknownSchedule as error:
        raise Problem(problems.NOT_FOUND, str(error)) from error
    except CannotBackfill as error:
        raise Problem(problems.INVALID, str(error)) from error


class OperatorsEndpoint(Endpoint):
    """An address for operators alone. Not in the schema, which is for everybody; docs/api.md has it."""

    schema = None
    http_method_names = READ

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "OPTIONS":
            return
        if not request.user.is_authenticated:
            detail = _("Send an access token: Authorization: Bearer followed by the token.")
            raise Problem(problems.SIGN_IN_REQUIRED, detail)
        if not (isinstance(request.user, User) and request.user.may_operate):
            raise Problem(problems.FORBIDDEN, _("This is for moderators and administrators."))


class MomentField(serializers.Field):
    """A moment as people type it (`moments`); in UTC unless it says another zone."""

    def to_internal_value(self, data: Any) -> datetime:
        text = serializers.CharField(max_length=40).run_validation(data)
        try:
            return moment_of(text, now=timezone.now())
        except NoMoment as error:
            raise serializers.ValidationError(str(error)) from None


class ScheduleParameters(serializers.Serializer):
    after = serializers.CharField(
        required=False, default="", max_length=200, help_text=gettext_lazy("Schedules after this name.")
    )


class ScheduleList(OperatorsEndpoint):
    """Schedules by name, five hundred at once; `after` of the next five hundred is told."""

    parameters = ScheduleParameters

    def get(self, request: Request) -> HttpResponse:
        rows = queries.schedules(after=self.given(request)["after"], at_most=SCHEDULES_AT_ONCE + 1)
        page = rows[:SCHEDULES_AT_ONCE]
        after = page[-1].name if len(rows) > len(page) else None
        return told({"after": after, "results": [telling.told_schedule(row) for row in page]})


class PreviewParameters(serializers.Serializer):
    count = serializers.IntegerField(required=False, default=SHOWN, min_value=1, max_value=MOST)


class ScheduleAlone(OperatorsEndpoint):
    """A schedule with its terms, its next ticks and who changed it."""

    parameters = PreviewParameters

    def get(self, request: Request, name: str) -> HttpResponse:
        count = self.given(request)["count"]
        with refused():
            row = queries.schedule_row(schedule_named(name))
        coming = preview(row.schedule, after=timezone.now(), count=count)
        said = {"terms": telling.told_terms(terms_of(row.schedule)), "preview": telling.told_preview(coming)}
        return told({**telling.told_schedule(row), **said, "edits": telling.told_edits(edits_of(row.schedule))})


class ExplainParameters(serializers.Serializer):
    when = MomentField(required=False)


class ScheduleExplained(OperatorsEndpoint):
    """What became of the tick nearest before `when` (now), and why; of a schedule that is gone what its runs tell."""

    parameters = ExplainParameters

    def get(self, request: Request, name: str) -> HttpResponse:
        now = timezone.now()
        with refused():
            said = explain(name, at=self.given(request).get("when", now), now=now)
        return told(telling.told_explanation(said))


class BackfillParameters(serializers.Serializer):
    limit = serializers.IntegerField(
        required=False, default=backfilling.LIMIT, min_value=1, max_value=backfilling.LIMIT
    )

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name that a class could give to a field of its own."""
        return {"from": MomentField(source="begin"), "to": MomentField(source="end"), **super().get_fields()}


class ScheduleBacklog(OperatorsEndpoint):
    """The ticks between two moments that a backfill would run. Nothing runs."""

    parameters = BackfillParameters

    def get(self, request: Request, name: str) -> HttpResponse:
        asked = self.given(request)
        with refused():
            found = backfilling.backlog(name, asked["begin"], asked["end"], limit=asked["limit"])
        return told(telling.told_backlog(found))


class RunParameters(serializers.Serializer):
    schedule = serializers.CharField(required=False, max_length=200)
    state = serializers.ChoiceField(required=False, choices=JobRun.State.choices)
    before = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, help_text=gettext_lazy("Runs with a smaller number.")
    )


class RunList(OperatorsEndpoint):
    """Runs, the newest first, fifty at once; `before` of the next fifty is told."""

    parameters = RunParameters

    def get(self, request: Request) -> HttpResponse:
        given = self.given(request)
        found = queries.runs(given.get("schedule")).defer("traceback")
        if "state" in given:
            found = found.filter(state=given["state"])
        page = page_before(found, given.get("before"))
        return told({"before": page.older, "results": [telling.told_run(run) for run in page.rows]})


class RunAlone(OperatorsEndpoint):
    """A run with its traceback and what is kept of its log."""

    def get(self, request: Request, run_id: int) -> HttpResponse:
        run = JobRun.objects.filter(pk=run_id).first() if run_id <= LARGEST_ID else None
        if run is None:
            raise Problem(problems.NOT_FOUND, _("There is no run with this number."))
        return told(telling.told_whole_run(run, run.lines.all()))
