"""The ground of every test: a PostgreSQL and a Valkey of its own, unless DATABASE_URL and REDIS_URL name others.

Settings load against servers that do not run yet; they start when a test outside tests/unit was collected. A Valkey
that is named is emptied before each of their files.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import pytest
import trustme

from tests.browser.chromium import find_chromium
from tests.processes import Processes, environment_of_tests

pytest_plugins = ["tests.upstreams.fixtures"]

CHECKOUT = Path(__file__).resolve().parents[1]
UNIT = CHECKOUT / "tests" / "unit"
DEMANDS = {"browser", "extract", "postgresql-15"}
DEMANDED = {word for word in os.environ.get("ADAPTAPEDIA_DEMAND", "").split(",") if word}

LONGEST = (
    "integration/jobs/test_whole_extract.py",
    "browser/test_accounts.py",
    "chaos/test_runs.py",
    "chaos/test_ingestion.py",
    "browser/test_ops.py",
    "chaos/test_up.py",
    "integration/access/test_access.py",
    "browser/test_admin.py",
    "chaos/test_unreliable_upstreams.py",
    "chaos/test_scheduler.py",
    "chaos/test_up_with_the_lab.py",
    "integration/ingest/starter/test_adoption.py",
    "integration/ingest/test_vanished.py",
    "browser/test_tick.py",
    "integration/jobs/test_secrets.py",
    "integration/ingest/test_sweep.py",
    "integration/scheduling/test_policies.py",
    "upstreams/test_lab.py",
    "browser/test_first_start.py",
    "integration/scheduling/test_histories.py",
    "browser/test_finding.py",
    "browser/test_reading.py",
    "integration/test_admin_roles.py",
    "integration/test_admin_queries.py",
    "integration/scheduling/test_jobs_command.py",
    "integration/test_admin_schedules.py",
    "browser/test_timeline.py",
    "integration/sources/test_hostile.py",
    "integration/ingest/test_carrying.py",
    "chaos/test_upstream_faults.py",
    "integration/test_admin.py",
    "integration/ingest/test_redirects.py",
    "integration/scheduling/test_runner.py",
    "integration/test_migrations.py",
    "upstreams/test_faults.py",
    "integration/local/test_postgres.py",
    "integration/sources/wikidata/test_extract.py",
)
"""Handed out first when several processes share the tests: those that wait beside those that compute."""

QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""Passwords hash at once, except in tests with `real_hashes` and in the processes that tests start."""

_held = ExitStack()
_loading = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Load the settings from a temporary home, its folder passable for PostgreSQL's own user when we are root."""
    if unknown := DEMANDED - DEMANDS:
        raise pytest.UsageError(f"ADAPTAPEDIA_DEMAND names what no test knows: {', '.join(sorted(unknown))}")
    # A busy machine may stand still for longer than an example is allowed; what failed can be had again.
    hypothesis.settings.register_profile("ours", deadline=None, print_blob=True)
    hypothesis.settings.load_profile("ours")
    if config.getoption("numprocesses", None):
        if os.environ.get("REDIS_URL"):
            raise pytest.UsageError(
                "Tests side by side would empty each other's REDIS_URL: add ARGS=tests, or unset it"
            )
        return  # this process only hands the tests out; each of the others has a home and servers of its own
    home = Path(tempfile.mkdtemp(prefix="adaptapedia-test-"))
    home.chmod(0o711)
    _held.callback(shutil.rmtree, home, ignore_errors=True)
    os.environ["ADAPTAPEDIA_HOME"] = str(home / "home")
    # Nothing here leaves the machine. To read the real authorities costs each client of HTTP a twentieth of a second.
    os.environ["SSL_CERT_FILE"] = str(home / "nobody.pem")
    trustme.CA().cert_pem.write_to_path(os.environ["SSL_CERT_FILE"])
    os.environ["DJANGO_SETTINGS_MODULE"] = "adaptapedia.settings"
    from django.conf import settings

    from adaptapedia.kit import loading

    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.emptying"]
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    _loading.enter_context(loading.for_good())
    import adaptapedia.celery  # noqa: F401 - sets Django up; our Celery app becomes the one that tests send by

    _look_for_static_files_once()


def _look_for_static_files_once() -> None:
    """Each of Django's clients makes the middleware anew, and that looks at some 270 files for a tenth of a second."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    look = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def look_once(middleware: Any) -> None:
        if not found:
            collected, middleware.files = middleware.files, found
            look(middleware)
            middleware.files = collected
        middleware.files |= found

    WhiteNoiseMiddleware.add_files_from_finders = look_once


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side the longest files begin first, so that no process is left alone with one of them at the end."""
    if hasattr(config, "workerinput"):
        order = {CHECKOUT / "tests" / name: place for place, name in enumerate(LONGEST)}
        items.sort(key=lambda item: order.get(item.path, len(order)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """All is loaded. Start the servers once, and only for tests that may use them."""
    _loading.close()
    if not session.config.option.collectonly and any(UNIT not in item.path.parents for item in session.items):
        _start_servers()


def pytest_unconfigure() -> None:
    _held.close()


def _start_servers() -> None:
    from adaptapedia.local.postgres import Postgres
    from adaptapedia.local.valkey import Valkey
    from adaptapedia.settings import CONFIG

    home = CONFIG.home
    _held.callback(shutil.rmtree, home.run, ignore_errors=True)
    if CONFIG.database_url is None:
        # Nothing here outlives the machine; what a killed server had written the kernel still has.
        _held.enter_context(Postgres(home.data / "postgres", home.run, settings={"fsync": "off"}).running())
    if CONFIG.redis_url is None:
        _held.enter_context(Valkey(home.data / "valkey", home.run).running())


def missing(word: str, fault: str) -> NoReturn:
    """Skip a test for want of something, or fail it where ADAPTAPEDIA_DEMAND insists on it."""
    if word in DEMANDED:
        pytest.fail(f"{fault}, and ADAPTAPEDIA_DEMAND demands it")
    pytest.skip(fault)


def empty_valkey() -> None:
    """Forget messages, results, budgets of upstreams and whatever else is kept there."""
    import redis

    from adaptapedia.settings import CONFIG

    for role in ("broker", "results", "cache"):
        with redis.Redis.from_url(CONFIG.redis(role)) as client:
            client.flushdb()


@pytest.fixture(scope="module", autouse=True)
def no_state_of_other_files(request: pytest.FixtureRequest) -> None:
    """Files come in another order each time, so none begins with what another left in the Valkey."""
    if UNIT not in request.path.parents:
        empty_valkey()


@pytest.fixture
def real_hashes(settings: Any) -> None:
    """Passwords hash as they do outside of tests."""
    from adaptapedia.settings import PASSWORD_HASHERS

    settings.PASSWORD_HASHERS = PASSWORD_HASHERS


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of a Chromium or Chrome; without one the test is skipped."""
    return find_chromium() or missing("browser", "no Chromium on this machine")


@pytest.fixture(scope="session")
def extract() -> Path:
    """The extract of Wikidata beside the checkout (N-Triples, gzipped); without it the test is skipped."""
    path = CHECKOUT.parent / "shared" / "data" / "wikidata" / "extract.nt.gz"
    if not path.exists():
        missing("extract", f"no extract of Wikidata at {path}")
    return path


@pytest.fixture(scope="session")
def postgresql_15() -> int:
    """Debian's major version, when it is installed beside ours; otherwise the test is skipped."""
    from adaptapedia.local.postgres import installed

    if not any(found.major == 15 for found in installed()):
        missing("postgresql-15", "no PostgreSQL 15 on this machine")
    return 15


@pytest.fixture
def celery_processes(transactional_db: None, tmp_path: Path) -> Iterator[Processes]:
    """Real workers, beats and commands on the test database and the test Valkey. The Valkey is emptied first."""
    from django.db import connection

    empty_valkey()
    processes = Processes(environment=environment_of_tests(), logs=tmp_path)
    try:
        yield processes
    finally:
        processes.close()
        connection.close()
