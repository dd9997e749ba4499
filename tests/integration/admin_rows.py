"""Rows of every kind that the admin lists: thirty of each, and entries with fifty-five of what belongs to them."""

from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry as Change
from django.contrib import admin
from django.contrib.admin.models import LogEntry as Act
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import (
    Adaptation,
    DailyStatistics,
    Person,
    ScreenCredit,
    ScreenMetadata,
    ScreenWork,
    Work,
    WorkCredit,
    WorkExternalId,
    WorkMetadata,
)
from adaptapedia.ingest.models import Reject, Removal, SourceState, Sweep
from adaptapedia.scheduling.models import JobRun

MANY = 55
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


def name_of(model: type[Model]) -> str:
    return model._meta.label


def address_of(model: type[Model]) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def make_rows() -> None:
    """Of everything that is registered, so many that a query for each line is seen."""
    at = timezone.now()
    people = [User(username=f"reader-{n}", email=f"reader-{n}@example.org") for n in range(30)]
    User.objects.bulk_create(people)
    Group.objects.bulk_create(Group(name=f"group {n}") for n in range(30))
    _make_catalogue()
    _make_schedules()
    Reject.objects.bulk_create(Reject(source="wikidata", key=f"Q{n}", reason="same_item", run_id=n) for n in range(30))
    Removal.objects.bulk_create(
        Removal(source="tmdb", key=f"movie/{n}", entry_id=n, reason="expired", run_id=n, removed_at=at)
        for n in range(30)
    )
    Sweep.objects.bulk_create(
        Sweep(source="wikidata", run_id=n, endpoint="https://example.org", finished_at=at) for n in range(30)
    )
    SourceState.objects.bulk_create(SourceState(source="wikidata", key=f"Q{n}", read_at=at) for n in range(30))
    DailyStatistics.objects.bulk_create(
        DailyStatistics(day=date(2026, 1, 1) + timedelta(days=n), figures={"works": n}) for n in range(30)
    )
    tokens = [
        OutstandingToken(jti=f"jti-{n}", token="secret", user=people[n], created_at=at, expires_at=at)
        for n in range(30)
    ]
    BlacklistedToken.objects.bulk_create(
        BlacklistedToken(token=token) for token in OutstandingToken.objects.bulk_create(tokens)
    )
    EmailAddress.objects.bulk_create(EmailAddress(user=one, email=one.email, primary=True) for one in people)
    Authenticator.objects.bulk_create(Authenticator(user=one, type="totp", data={"secret": "s"}) for one in people)
    UserSession.objects.bulk_create(
        UserSession(user=one, session_key=f"key-{n}", ip="192.0.2.7", user_agent="Firefox")
        for n, one in enumerate(people)
    )
    kind = ContentType.objects.get_for_model(PeriodicTask)
    rules = [*CrontabSchedule.objects.all()]
    Change.objects.bulk_create(
        Change(
            content_type=kind,
            object_pk=str(rule.pk),
            object_id=rule.pk,
            object_repr=f"schedule {n}",
            action=1,
            actor=people[n],
            changes={"crontab": [str(rule.pk), str(rules[0].pk)], "enabled": ["True", "False"]},
        )
        for n, rule in enumerate(rules)
    )
    Act.objects.bulk_create(
        Act(user=people[n], content_type=kind, object_id=str(n), object_repr=f"schedule {n}", action_flag=2)
        for n in range(30)
    )


def _entry(n: int, name: str = "title", **fields: Any) -> dict[str, Any]:
    text = f"drawn {n}"
    return {
        "wikidata_id": n,
        "slug": f"drawn-{n}",
        name: text,
        f"{name}_language": "en",
        "sort_key": text,
        "search_text": text,
        "provenance": {"*": ["wikidata", n, "2026-11-22T02:00:00+00:00"], "year": ["person", n, "2026-11-22T02:00:00"]},
        "locks": {"year": {"by": n, "at": "2026-11-22T02:00:00+00:00"}},
        **fields,
    }


def _make_catalogue() -> None:
    at = timezone.now()
    works = Work.objects.bulk_create(Work(**_entry(n + 1)) for n in range(MANY))
    films = ScreenWork.objects.bulk_create(ScreenWork(**_entry(n + 1001, kind="film")) for n in range(MANY))
    people = Person.objects.bulk_create(Person(**_entry(n + 2001, "name")) for n in range(MANY))
    first, last = works[-1], films[-1]
    common: dict[str, Any] = {"source": "wikidata", "first_seen_at": at}
    Adaptation.objects.bulk_create(Adaptation(screen_work=film, work=first, run_id=1, **common) for film in films)
    Adaptation.objects.bulk_create(Adaptation(screen_work=last, work=work, **common) for work in works[:-1])
    Adaptation.objects.bulk_create(Adaptation(screen_work=film, original=last, **common) for film in films[:-1])
    WorkCredit.objects.bulk_create(
        WorkCredit(work=first, person=person, role="author", position=n, source="wikidata")
        for n, person in enumerate(people)
    )
    ScreenCredit.objects.bulk_create(
        ScreenCredit(screen_work=film, person=people[-1], role="director", position=n, source="wikidata")
        for n, film in enumerate(films)
    )
    said: dict[str, Any] = {"digest": 1, "changed_at": at, "provenance": {"*": ["tmdb", 1, at.isoformat()]}}
    ScreenMetadata.objects.bulk_create(
        ScreenMetadata(screen_work=film, kind="movie", tmdb_id=film.pk, **said) for film in films
    )
    WorkMetadata.objects.bulk_create(WorkMetadata(work=work, key=f"OL{work.pk}W", **said) for work in works)
    WorkExternalId.objects.bulk_create(
        WorkExternalId(work=first, scheme="isbn", value=str(n), source="wikidata") for n in range(MANY)
    )


def _make_schedules() -> None:
    rules = CrontabSchedule.objects.bulk_create(CrontabSchedule(minute=str(n), timezone="UTC") for n in range(30))
    IntervalSchedule.objects.bulk_create(IntervalSchedule(every=n + 1, period="days") for n in range(30))
    ClockedSchedule.objects.bulk_create(
        ClockedSchedule(clocked_time=timezone.now() + timedelta(days=n)) for n in range(30)
    )
    SolarSchedule.objects.bulk_create(SolarSchedule(event="sunset", latitude=n, longitude=n) for n in range(30))
    rows = PeriodicTask.objects.bulk_create(
        PeriodicTask(name=f"schedule {n}", task="health_check", crontab=rules[n], description="a") for n in range(30)
    )
    PeriodicTask.objects.bulk_create(
        PeriodicTask(name=f"another {n}", task="health_check", crontab=rules[-1]) for n in range(MANY)
    )
    JobRun.objects.bulk_create(
        JobRun(schedule=row, schedule_name=row.name, task=row.task, queue="quick", trigger="tick", state="succeeded")
        for row in rows
        for _ in range(3)
    )
