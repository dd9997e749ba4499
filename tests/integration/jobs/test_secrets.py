"""Keys, tokens and passwords in addresses are nowhere that anybody looks: logs, rows, metrics, pages."""

import os
from base64 import b64encode
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from redis import Redis

from tests.processes import Processes, Running
from tests.upstreams.lab import OpenLibraryLab, TmdbLab
from tests.upstreams.titles import film, work

if TYPE_CHECKING:
    from adaptapedia.scheduling.models import JobRun

PASSWORD = "pa55word+of/the=proxy"
JOBS = ("weekly-tmdb-refresh", "daily-tmdb-changes", "daily-openlibrary-refresh", "daily-wikidata-ingestion")


@pytest.fixture(params=["key", "token"])
def secret(request: pytest.FixtureRequest, tmdb_lab: TmdbLab) -> str:
    """What opens TMDb: a v3 key or a v4 token."""
    return tmdb_lab.api_key if request.param == "key" else tmdb_lab.read_token


@pytest.fixture
def worker(
    transactional_db: None,
    secret: str,
    tmdb_lab: TmdbLab,
    open_library_lab: OpenLibraryLab,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Running]:
    from adaptapedia.settings import CONFIG

    cache.clear()
    database = urlsplit(CONFIG.database_address)._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": CONFIG.redis_address,
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
        "TMDB_BASE_URL": tmdb_lab.url,
        "TMDB_API_KEY": secret,
        "OPEN_LIBRARY_BASE_URL": _with_password(open_library_lab.url),
        "WIKIDATA_SPARQL_ENDPOINT": _with_password("http://127.0.0.1:9/sparql"),
    }
    processes = Processes(environment=environment, logs=tmp_path_factory.mktemp("secrets"))
    try:
        yield processes.start_worker()
    finally:
        processes.close()


def _with_password(address: str) -> str:
    return address.replace("://", f"://reader:{quote(PASSWORD, safe='')}@")


def _told(name: str) -> "JobRun":
    """A run that has ended, or has failed and waits for its next attempt."""
    from adaptapedia.local.processes import wait_until
    from adaptapedia.scheduling.actions import request_run
    from adaptapedia.scheduling.models import JobRun

    run, _ = request_run(name)
    over = JobRun.objects.filter(pk=run.pk).exclude(state__in=("queued", "running"))
    assert wait_until(over.exists, seconds=180)
    return JobRun.objects.get(pk=run.pk)


def test_no_key_token_or_password_is_in_a_log_a_row_a_metric_or_a_page(
    worker: Running, secret: str, tmdb_lab: TmdbLab, open_library_lab: OpenLibraryLab
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
    shown = {"the log": worker.output, "rows": _rows(), "Valkey": _valkey()}
    shown |= {page: _page(client, page) for page in [*pages, f"/admin/ingest/sweep/{Sweep.objects.get().pk}/change/"]}
    assert "not_read" in shown["rows"]
    assert "TMDb answered HTTP 500" in shown["the log"]
    spelt = _spellings(secret) | _spellings(PASSWORD)
    assert [(place, one) for place, text in shown.items() for one in spelt if one in text] == []


def _page(client: Client, address: str) -> str:
    answer = client.get(address, secure=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def _spellings(secret: str) -> set[str]:
    basic = b64encode(f"reader:{secret}".encode()).decode()
    return {secret, quote(secret), quote(secret, safe=""), basic, secret[:24], secret[-24:], *secret.split(".")[1:]}


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
