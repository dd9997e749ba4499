"""Keys, tokens and passwords in addresses are nowhere that anybody looks: logs, rows, metrics, pages, Sentry."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from redis import Redis

from adaptapedia.local.processes import wait_until
from tests.far_ends import Listener, listening
from tests.processes import Processes, Running
from tests.secret_settings import SENTRY_KEY, environment_of_secrets, found, with_password
from tests.upstreams.lab import OpenLibraryLab, TmdbLab
from tests.upstreams.titles import film, work

if TYPE_CHECKING:
    from adaptapedia.scheduling.models import JobRun

JOBS = ("weekly-tmdb-refresh", "daily-tmdb-changes", "daily-openlibrary-refresh", "daily-wikidata-ingestion")

TELL_ALL = """
import logging
import os

import adaptapedia.celery
import adaptapedia.urls
from django.core.management import call_command
from django.test import Client
from django.urls import path
from django.views.debug import get_default_exception_reporter_filter

from adaptapedia.settings import CONFIG


def tell(name, *texts):
    print("=====", f"{name} is:", *texts, sep="\\n")


def break_down(request):
    held_here = [dict(os.environ), CONFIG.database, request.META]
    cut_off = "." * 4075 + CONFIG.tmdb_api_key  # of a variable the page shows 4096 characters
    raise ValueError(f"nothing comes of {CONFIG.redis_url}")


logging.disable()  # of an error that is not ours to word, its log tells all
adaptapedia.urls.urlpatterns.insert(0, path("breaks/", break_down))
client = Client(raise_request_exception=False, **os.environ)  # as our web server has it
headers = {"Host": "localhost", "X-Forwarded-Proto": "https"}
tell("Config", repr(CONFIG), str(CONFIG), vars(CONFIG).keys())
tell("Django's safe settings", get_default_exception_reporter_filter().get_safe_settings())
tell("a page", client.get("/breaks/", headers=headers).content.decode())
tell("a text", client.get("/breaks/", headers={**headers, "Accept": "text/plain"}).content.decode())
tell("diffsettings")
call_command("diffsettings")
tell("check")
call_command("check", "--deploy")
tell("Celery's banner", adaptapedia.celery.app.Worker().startup_info())
"""


@pytest.fixture(params=["key", "token"])
def secret(request: pytest.FixtureRequest, tmdb_lab: TmdbLab) -> str:
    """What opens TMDb: a v3 key or a v4 token."""
    return tmdb_lab.api_key if request.param == "key" else tmdb_lab.read_token


@pytest.fixture
def worker(
    transactional_db: None,
    secret: str,
    sentry: Listener,
    tmdb_lab: TmdbLab,
    open_library_lab: OpenLibraryLab,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Running]:
    cache.clear()
    environment = {
        **environment_of_secrets(),
        "TMDB_BASE_URL": tmdb_lab.url,
        "TMDB_API_KEY": secret,
        "OPEN_LIBRARY_BASE_URL": with_password(open_library_lab.url),
        "SENTRY_DSN": sentry.address.replace("://", f"://{SENTRY_KEY}@") + "/1",
    }
    processes = Processes(environment=environment, logs=tmp_path_factory.mktemp("secrets"))
    try:
        yield processes.start_worker()
    finally:
        processes.close()


@pytest.fixture
def sentry() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


def _told(name: str) -> "JobRun":
    """A run that has ended, or has failed and waits for its next attempt."""
    from adaptapedia.scheduling.actions import request_run
    from adaptapedia.scheduling.models import JobRun

    run, _ = request_run(name)
    over = JobRun.objects.filter(pk=run.pk).exclude(state__in=("queued", "running"))
    assert wait_until(over.exists, seconds=180)
    return JobRun.objects.get(pk=run.pk)


def test_no_key_token_or_password_is_in_a_log_a_row_a_metric_a_page_or_sentry(
    worker: Running, secret: str, sentry: Listener, tmdb_lab: TmdbLab, open_library_lab: OpenLibraryLab
) -> None:
    from adaptapedia.ingest.models import Sweep
    from tests.integration.ingest.metadata.samples import screen_work
    from tests.integration.ingest.metadata.samples import work as book
    from tests.integration.ops.samples import make_person

    tmdb_lab.limiter = open_library_lab.limiter = None
    for n in range(1, 10):
        screen_work(f"film-{n}", tmdb=f"movie/{n}", title=f"Film {n}")
        book(f"book-{n}", key=f"OL{n}W")
        tmdb_lab.add(film(n, f"Film {n}", runtime="long"))
        open_library_lab.add(work(n, f"Book {n}", doc={"first_publish_year": 99_999}))
    assert _told("weekly-tmdb-refresh").state == "succeeded"
    for n in range(1, 10):
        tmdb_lab.change("movie", n, overview="Another.")
    tmdb_lab.when("/3/", "500-echo")
    open_library_lab.when("/", "500-echo")

    runs = [_told(name) for name in JOBS]

    assert [run.error != "" for run in runs] == [True] * len(JOBS)
    client = Client()
    client.force_login(make_person("administrator", "administrator"))
    pages = ["/metrics", "/ops/", "/ops/rejects/", "/ops/runs/", *(f"/ops/runs/{run.pk}/" for run in runs)]
    shown = {"the log": worker.output, "rows": _rows(), "Valkey": _valkey(), "Sentry": _sent(sentry)}
    shown |= {page: _page(client, page) for page in [*pages, f"/admin/ingest/sweep/{Sweep.objects.get().pk}/change/"]}
    assert "not_read" in shown["rows"]
    assert "TMDb answered HTTP 500" in shown["the log"]
    assert f"{tmdb_lab.url}/configuration" in shown["Sentry"], "it is told what was asked"
    assert found(shown, secret, settings.SECRET_KEY) == []


def test_what_processes_tell_of_their_settings_holds_no_secret(celery_processes: Processes) -> None:
    celery_processes.environment = {
        **environment_of_secrets(),
        "REDIS_URL": with_password("redis://127.0.0.1:9/0"),
        "SENTRY_DSN": f"https://{SENTRY_KEY}@sentry.example.org/1",
        "DEBUG": "1",
    }
    telling = celery_processes.start(sys.executable, "-c", TELL_ALL)

    assert telling.wait(seconds=120) == 0, telling.output
    shown = dict(part.split(" is:\n", 1) for part in telling.output.split("=====\n")[1:])
    assert "adaptapedia_lab=False" in shown["Config"]
    assert "'CELERY_BROKER_URL': 'redis://reader:…@127.0.0.1:9/0'" in shown["Django's safe settings"]
    assert "CELERY_BROKER_URL = 'redis://reader:…@127.0.0.1:9/0'" in shown["diffsettings"]
    assert "transport:   redis://reader:**@127.0.0.1:9/0" in shown["Celery's banner"]
    for page in ("a page", "a text"):
        assert "nothing comes of redis://reader:…@127.0.0.1:9/0" in shown[page], shown[page]
        assert "REDIS_URL" in shown[page]
    assert "held_here" in shown["a page"]
    assert "trimmed" in shown["a page"]
    assert found(shown, settings.SECRET_KEY) == []


def _page(client: Client, address: str) -> str:
    answer = client.get(address, secure=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def _sent(sentry: Listener) -> str:
    """What Sentry was told when a job of each upstream had failed."""

    def sent() -> str:
        return "\n".join(body.decode() for _, _, body in sentry.calls).replace(f'"public_key":"{SENTRY_KEY}"', "")

    assert wait_until(lambda: all(name in sent() for name in ("TMDb answered", "Open Library answered")), seconds=60)
    return sent()


def _rows() -> str:
    """Every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def _valkey() -> str:
    """Names of what is kept, and what the budgets hold."""
    with Redis.from_url(settings.BUDGET_URL) as valkey:
        names = sorted(valkey.keys("*"))
        held = [valkey.hgetall(name) for name in names if name.startswith(b"budget:") and valkey.type(name) == b"hash"]
    return f"{names} {held}"
