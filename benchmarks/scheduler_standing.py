"""Our beat with a hundred thousand schedules: idle, edited, killed, and with one in a hundred due each minute."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.common import result
from benchmarks.scheduler_beats import OURS, QUEUE, TASK, Beat, beat_of, clear
from benchmarks.scheduler_dispatch import Arrivals, due_in, watched

ROUND = 100
"""Minutes between two ticks of one schedule, so that one in a hundred is due each minute."""
IDLE_SECONDS = 60
BEATS = 3
SEED = 5
FILL = f"""
    INSERT INTO django_celery_beat_periodictask (name, task, interval_id, start_time, queue, args, kwargs, headers,
        description, enabled, one_off, total_run_count, date_changed)
    SELECT 'schedule-' || n, '{TASK}', %(interval)s, %(begin)s + (n %% {ROUND}) * interval '1 minute', '{QUEUE}',
        '[]', '{{}}', '{{}}', '', true, false, 0, now()
    FROM generate_series(0, %(count)s - 1) AS n
"""
MOVE = f"""
    UPDATE django_celery_beat_periodictask
    SET start_time = %(begin)s + (substr(name, 10)::int %% {ROUND}) * interval '1 minute', crontab_id = NULL,
        interval_id = %(interval)s
    WHERE name LIKE 'schedule-%%'
"""
UNSEEN = "SELECT count(*) FROM scheduling_schedulecompanion WHERE edited_at IS NOT NULL"
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'beat'"
TICK_OF_NEXT = """
    SELECT extract(epoch FROM min(run.created_at)) FROM scheduling_lease AS lease, scheduling_jobrun AS run
    WHERE lease.epoch > %s AND run.created_at >= lease.since
"""


def measure_standing(*, count: int, minutes: int, edits: int, kills: int, log: Path) -> None:
    clear()
    fill(count, datetime.now(UTC) + timedelta(days=1))
    began = time.monotonic()
    with beat_of(OURS, log=log) as beat:
        wait_for(lambda: ask(UNSEEN) == 0, seconds=300)
        result(f"scheduler.take_in_{count}_s", time.monotonic() - began, "s, from the start of beat")
        beat.settle()
        measure_idle(beat)
        measure_edits(count, edits)
    measure_failover(kills, log=log)
    with beat_of(OURS, log=log):
        measure_lateness(count, minutes)


def fill(count: int, begin: datetime) -> None:
    """So many schedules, each due every hundred minutes from its own minute on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(FILL, {"count": count, "begin": begin, "interval": hundred_minutes()})
        for table in ("django_celery_beat_periodictask", "scheduling_schedulecompanion"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def hundred_minutes() -> int:
    from django_celery_beat.models import IntervalSchedule

    return int(IntervalSchedule.objects.get_or_create(every=ROUND, period="minutes")[0].pk)


def measure_idle(beat: Beat) -> None:
    before = beat.cpu_seconds
    time.sleep(IDLE_SECONDS)
    result("scheduler.idle_core_percent", 100 * (beat.cpu_seconds - before) / IDLE_SECONDS, "% of a core")
    result("scheduler.idle_mib", beat.mib, "MiB")


def measure_edits(count: int, edits: int) -> None:
    """Edits in turn by form, ORM, bulk update and SQL, each until beat has reckoned by the new rule."""
    from django_celery_beat.models import CrontabSchedule

    draw = random.Random(SEED)
    rules = [CrontabSchedule.objects.create(minute=str(minute), hour="3") for minute in range(2)]
    ways = [by_form(), by_orm, by_bulk_update, by_sql]
    ways[0]([f"schedule-{count - 1}"], rules[0])  # so that no template is compiled within the timing
    taken = []
    for number in range(edits):
        chosen = [f"schedule-{draw.randrange(count)}" for _ in range(10)]
        began = ways[number % len(ways)](chosen, rules[number // len(ways) % len(rules)])
        wait_for(lambda: ask(UNSEEN) == 0, seconds=30)
        taken.append(time.monotonic() - began)
        time.sleep(draw.uniform(0, 0.2))
    taken.sort()
    result("scheduler.change_p50_s", taken[len(taken) // 2], "s")
    result("scheduler.change_p99_s", taken[int(len(taken) * 0.99) - 1], "s")


Edit = Callable[[list[str], Any], float]
"""Gives one or all of these schedules the rule; returns when it began to write."""


def by_orm(names: list[str], rule: Any) -> float:
    from django_celery_beat.models import PeriodicTask

    row = PeriodicTask.objects.get(name=names[0])
    row.crontab, row.interval, row.start_time = rule, None, None
    began = time.monotonic()
    row.save()
    return began


def by_bulk_update(names: list[str], rule: Any) -> float:
    from django_celery_beat.models import PeriodicTask

    began = time.monotonic()
    PeriodicTask.objects.filter(name__in=names).update(crontab=rule, interval=None, start_time=None)
    return began


def by_sql(names: list[str], rule: Any) -> float:
    from django.db import connection

    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE django_celery_beat_periodictask SET crontab_id = %s, interval_id = NULL, start_time = NULL"
            " WHERE name = %s",
            [rule.pk, names[0]],
        )
    return began


def by_form() -> Edit:
    """As the browser does: the admin's page, then all its fields back with the changes."""
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django_celery_beat.models import PeriodicTask

    from adaptapedia.accounts.models import User

    setup_test_environment()
    client = Client()
    client.force_login(User.objects.create_user("bench", role=User.Role.ADMINISTRATOR))

    def edit(names: list[str], rule: Any) -> float:
        row = PeriodicTask.objects.get(name=names[0])
        address = f"/admin/django_celery_beat/periodictask/{row.pk}/change/"
        page = client.get(address).context
        inlines = [inline.formset for inline in page["inline_admin_formsets"]]
        forms = [page["adminform"].form, *(form for lines in inlines for form in (lines.management_form, *lines.forms))]
        values = {form[name].html_name: form[name].value() for form in forms for name in form.fields}
        values |= {"crontab": rule.pk, "interval": None, "start_time_0": "", "start_time_1": ""}
        values.pop("start_time", None)
        began = time.monotonic()
        answer = client.post(address, {name: value for name, value in values.items() if value not in (None, False)})
        if answer.status_code != 302:
            raise SystemExit(f"the form was not taken: {answer.content.decode()[-2000:]}")
        return began

    return edit


def measure_failover(kills: int, *, log: Path) -> None:
    """Kill the leader again and again; each time until another leads and has written a tick."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    draw = random.Random(SEED)
    second = IntervalSchedule.objects.get_or_create(every=1, period="seconds")[0]
    PeriodicTask.objects.create(name="every-second", task=TASK, interval=second, queue=QUEUE)
    taken = []
    with ExitStack() as stack:
        beats = {beat.pid: beat for beat in (stack.enter_context(beat_of(OURS, log=log)) for _ in range(BEATS))}
        for _ in range(kills):
            wait_for(lambda: ask(SESSIONS) == len(beats), seconds=60)
            time.sleep(draw.uniform(1.5, 2.5))
            leader = beats.pop(int(ask("SELECT holder FROM scheduling_lease").split()[-1]))
            taken.append(_killed(leader))
            fresh = stack.enter_context(beat_of(OURS, log=log))
            beats[fresh.pid] = fresh
    taken.sort()
    result("scheduler.failover_p50_s", taken[len(taken) // 2], "s")
    result("scheduler.failover_s", taken[-1], f"s, the worst of {kills}")
    PeriodicTask.objects.filter(name="every-second").delete()


def _killed(leader: Beat) -> float:
    epoch = ask("SELECT epoch FROM scheduling_lease")
    began = time.time()
    leader.kill()
    wait_for(lambda: ask(TICK_OF_NEXT, epoch) is not None, seconds=30)
    return float(ask(TICK_OF_NEXT, epoch)) - began


def measure_lateness(count: int, minutes: int) -> None:
    """Over some minutes, in each of which one schedule in a hundred is due at the full minute."""
    import redis
    from django.db import connection

    from adaptapedia.settings import CONFIG

    begin = due_in(30 + count / 1_000)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE scheduling_jobrun CASCADE")
        cursor.execute(MOVE, {"begin": begin, "interval": hundred_minutes()})
    wait_for(lambda: ask(UNSEEN) == 0, seconds=300)
    if datetime.now(UTC) > begin - timedelta(seconds=5):
        raise SystemExit("the beat took in its schedules too late for what is measured")
    with redis.Redis.from_url(CONFIG.redis("broker")) as server:
        server.delete(QUEUE)
    with watched(Arrivals()) as arrivals:
        for minute in range(minutes):
            time.sleep((begin - datetime.now(UTC)).total_seconds() + 60 * minute + 30)
            end_runs()
    late = sorted(lateness(arrivals, begin.timestamp()))
    if len(late) != minutes * count // ROUND:
        raise SystemExit(f"{len(late)} messages were sent, not {minutes * count // ROUND}")
    result(f"scheduler.lateness_p50_{count}_s", late[len(late) // 2], "s")
    result(f"scheduler.lateness_p99_{count}_s", late[int(len(late) * 0.99) - 1], "s")
    result(f"scheduler.lateness_max_{count}_s", late[-1], "s")


def end_runs() -> None:
    """What workers would have done by then: else beat sends again what nobody has taken for a minute."""
    from adaptapedia.scheduling.models import JobRun

    JobRun.objects.filter(state=JobRun.State.QUEUED).update(state=JobRun.State.SUCCEEDED)


def lateness(arrivals: Arrivals, begin: float) -> list[float]:
    """How late each message came after its full minute."""
    late, before = [], 0
    for at, number in arrivals.seen:
        late += [(at - begin) % 60] * (number - before)
        before = number
    return late


def ask(query: str, *parameters: Any) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def wait_for(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {seconds} s in vain")
        time.sleep(0.003)
