"""Rows for the pages of /ops/ to show: six schedules, runs in every state, rejects, clashes."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import ScreenExternalId, ScreenWork, Work
from adaptapedia.ingest.models import Difference, Match, Reject
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion

PASSWORD = "a lantern in the library"

SCHEDULES = {
    "daily-wikidata-ingestion": ("run_daily_wikidata_ingestion", "0 2 * * *", "long"),
    "weekly-tmdb-refresh": ("refresh_tmdb_metadata", "0 3 * * sun", "long"),
    "daily-stats-update": ("update_site_statistics", "0 1 * * *", "quick"),
    "daily-session-cleanup": ("cleanup_expired_sessions", "0 4 * * *", "quick"),
    "weekly-jwt-cleanup": ("cleanup_expired_jwt_tokens", "0 5 * * mon", "quick"),
    "hourly-health-check": ("health_check", "0 * * * *", "quick"),
}

INGESTION_COUNTS = {
    "works": {"created": 1_873, "updated": 0, "unchanged": 0},
    "screen_works": {"created": 2_409, "updated": 0, "unchanged": 0},
    "people": {"created": 3_127, "updated": 0, "unchanged": 0},
    "adaptations": {"created": 2_526, "updated": 0, "unchanged": 0, "missing": 0},
    "credits_and_ids": {"written": 14_021, "removed": 0},
    "rejected": {"screen_without_name": 2_011, "source_without_name": 1_377, "both_without_name": 1_823},
}

TRACEBACK = """Traceback (most recent call last):
  File "src/adaptapedia/scheduling/runner.py", line 88, in _attempt
    counts = spec.run(run)
  File "src/adaptapedia/sources/wikidata/client.py", line 131, in select
    raise Truncated(endpoint, at=4_211_043)
adaptapedia.sources.errors.Truncated: the answer ends in the middle of a token
"""


def make_person(name: str, role: str, *, password: str | None = None) -> User:
    """Somebody with this role; without a password they cannot sign in themselves, which is quicker to make."""
    return User.objects.create_user(name, password=password, role=role)


def make_schedules() -> None:
    """The six of the first day, as sync writes them."""
    for name, (task, cron, queue) in SCHEDULES.items():
        minute, hour, day_of_month, month, weekday = cron.split()
        rule, _ = CrontabSchedule.objects.get_or_create(
            minute=minute,
            hour=hour,
            day_of_month=day_of_month,
            month_of_year=month,
            day_of_week=weekday,
            timezone="UTC",
        )
        PeriodicTask.objects.create(name=name, task=task, crontab=rule, queue=queue)


def make_many_schedules(count: int) -> None:
    """Feeds of one rule, `feed-00000` and so on, every tenth of them paused; beat has looked at them."""
    rule = CrontabSchedule.objects.create(minute="30", hour="6", timezone="UTC")
    rows = [
        PeriodicTask(name=f"feed-{n:05}", task="health_check", crontab=rule, queue="quick", enabled=n % 10 != 9)
        for n in range(count)
    ]
    PeriodicTask.objects.bulk_create(rows)
    due = timezone.now() + timedelta(hours=1)
    ScheduleCompanion.objects.update(edited_at=None, next_due_at=due, fires_at=due)
    with connection.cursor() as cursor:
        # as PostgreSQL would by itself, were they committed
        cursor.execute("ANALYZE django_celery_beat_periodictask, scheduling_schedulecompanion")


def make_run(name: str = "daily-wikidata-ingestion", *, ago: timedelta = timedelta(hours=2), **fields: Any) -> JobRun:
    """A run that was due `ago`, started 3 s later and, when it has ended, took 192 s."""
    task, _, queue = SCHEDULES.get(name, ("health_check", "", "quick"))
    due = timezone.now() - ago
    state = fields.setdefault("state", JobRun.State.SUCCEEDED)
    started = None if state in {JobRun.State.QUEUED, JobRun.State.SKIPPED} else due + timedelta(seconds=3)
    ended = None if state in JobRun.OPEN else due + timedelta(seconds=195)
    terms = {
        "schedule": PeriodicTask.objects.filter(name=name).first(),
        "task": task,
        "queue": queue,
        "trigger": JobRun.Trigger.TICK,
        "due_at": due,
        "sent_at": due,
        "started_at": started,
        "finished_at": ended,
        "worker": "" if started is None else f"{queue}@adaptapedia 4711",
        "heartbeat_at": started and timezone.now() - timedelta(seconds=2),
    }
    run = JobRun.objects.create(schedule_name=name, **{**terms, **fields})
    JobRun.objects.filter(pk=run.pk).update(created_at=due)
    return run


def make_failed_run(**fields: Any) -> JobRun:
    """A run whose last attempt failed, like the two before it."""
    earlier = [
        {
            "attempt": attempt,
            "started_at": (timezone.now() - timedelta(hours=6 - attempt)).isoformat(),
            "finished_at": (timezone.now() - timedelta(hours=6 - attempt, minutes=-4)).isoformat(),
            "error": "Wikidata answered 429 and asks to wait 30 s.",
        }
        for attempt in (1, 2)
    ]
    terms = {
        "state": JobRun.State.FAILED,
        "attempt": 3,
        "error": "Wikidata's answer ends in the middle of a token, 4,211,043 bytes in: the slice was not counted.",
        "traceback": TRACEBACK,
        "earlier_attempts": earlier,
    }
    return make_run(**{**terms, **fields})


def make_history() -> None:
    """What six schedules look like after a night: all but one well, one never run, one paused."""
    make_run(counts=INGESTION_COUNTS)
    make_run("daily-stats-update", ago=timedelta(hours=3), counts={"works": 1_873, "screen_works": 2_409, "users": 12})
    make_run("daily-session-cleanup", ago=timedelta(minutes=40), counts={"deleted": 0})
    make_run(
        "hourly-health-check", ago=timedelta(minutes=9), counts={"status": "healthy", "broker_ms": 4, "cache_ms": 1}
    )
    make_run(
        "weekly-tmdb-refresh", ago=timedelta(days=2), state=JobRun.State.SKIPPED, reason="There is no TMDb source yet."
    )
    PeriodicTask.objects.filter(name="weekly-jwt-cleanup").update(enabled=False)


def make_rejects(count: int) -> None:
    """Pairs and values, some with names that run from right to left, are very long or are emoji."""
    names = ["الأيام", "羅生門", "The Unabridged and Annotated Chronicle of Everything " * 4, "🎬🎞️", "Nosferatu"]
    reasons = Reject.Reason.values
    Reject.objects.bulk_create(
        Reject(
            source="wikidata",
            key=f"Q{1_000 + n}>Q{900_000 + n}" if n % 4 else f"Q{1_000 + n}#12.5.{30_000 + n}",
            reason=reasons[n % len(reasons)],
            payload={
                "screen": {"item": f"Q{1_000 + n}", "name": names[n % len(names)], "classes": [11424]},
                "source": {"item": f"Q{900_000 + n}", "classes": [7725634]},
            }
            if n % 4
            else {"item": f"Q{1_000 + n}", "name": names[n % len(names)], "value": f"12.5.{30_000 + n}"},
        )
        for n in range(count)
    )


def make_differences(count: int) -> None:
    """Works of the year 1963, as somebody wrote, where Wikidata says 1965."""
    locks = {"year": {"by": 1, "at": "2026-11-22T02:00:00+00:00"}}
    works = Work.objects.bulk_create(
        Work(
            slug=f"dune-{n}",
            sort_key="dune",
            search_text="dune",
            title=f"Dune {n}",
            title_language="en",
            year=1963,
            locks=locks,
        )
        for n in range(count)
    )
    Difference.objects.bulk_create(
        Difference(
            kind=Difference.Kind.WORK,
            entry_id=work.pk,
            field="year",
            theirs={"year": 1965},
            source="wikidata",
            run_id=7,
            first_seen_at=timezone.now(),
        )
        for work in works
    )


def make_clash() -> None:
    """Two screen works of one IMDb id, one of them in Arabic."""
    for qid, title, language in ((151_599, "Nosferatu", "de"), (909_999, "نوسفيراتو: سيمفونية الرعب", "ar")):
        entry = ScreenWork.objects.create(
            wikidata_id=qid,
            slug=f"entry-{qid}",
            sort_key=title,
            search_text=title,
            title=title,
            title_language=language,
            kind=ScreenWork.Kind.FILM,
            year=1922,
        )
        ScreenExternalId.objects.create(screen_work=entry, scheme="imdb", value="tt0013442")


def make_screen_work(qid: int, title: str = "The Island", **fields: Any) -> ScreenWork:
    """A film of 1980 in English, unless told otherwise."""
    terms = {"title_language": "en", "year": 1980, "kind": ScreenWork.Kind.FILM, "original_language": "en", **fields}
    slug = f"film-{qid}"
    return ScreenWork.objects.create(
        wikidata_id=qid, slug=slug, sort_key=title.lower(), search_text=title.lower(), title=title, **terms
    )


def make_match(screen_work: ScreenWork, **fields: Any) -> Match:
    """A match that waits, with two films of one name to choose from."""
    terms: dict[str, Any] = {
        "state": Match.State.OPEN,
        "ref": "movie/841",
        "score": 0.49,
        "evidence": {"how": "search", "requests": 3, "parts": []},
        "candidates": [candidate("movie/841"), candidate("movie/938", year=1984, score=0.48)],
        "run_id": 7,
        "found_at": timezone.now(),
    }
    return Match.objects.create(screen_work=screen_work, **{**terms, **fields})


def candidate(ref: str, **values: Any) -> dict[str, Any]:
    """One candidate as a row keeps it."""
    return {
        "ref": ref,
        "title": "Dünyayı Kurtaran Adam",
        "original_title": "نوسفيراتو",
        "language": "tr",
        "year": 1983,
        "score": 0.49,
        "parts": [["found", "search", -5.0], ["title", "same", 6.0], ["year", "1", 1.0], ["director", "others", -6.0]],
        **values,
    }
