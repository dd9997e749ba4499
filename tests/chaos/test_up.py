"""`adaptapedia up`, the real one in a home of its own: started, hurt, stopped, started again."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from adaptapedia.config import Config
from adaptapedia.home import Home
from adaptapedia.local.lock import MARK
from adaptapedia.local.postgres import Postgres
from adaptapedia.local.processes import wait_until
from adaptapedia.local.programs import WEB_PROCESSES, WEB_THREADS
from tests.installation import COMMAND, environment_of, start
from tests.processes import Running


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with spaces in its path that PostgreSQL's own user can walk through."""
    with tempfile.TemporaryDirectory(prefix="adaptapedia up ") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def environment(folder: Path) -> dict[str, str]:
    return environment_of(folder)


@pytest.fixture(scope="module")
def up(folder: Path, environment: dict[str, str]) -> Iterator[Running]:
    """The first start on an empty home, ready."""
    running = start(folder, environment)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def again(up: Running, folder: Path, environment: dict[str, str]) -> Iterator[Running]:
    """The second start, when the first has been stopped and somebody else has its port."""
    assert up.process.poll() is not None
    with socket.create_server(("127.0.0.1", int(environment["PORT"]))):
        running = start(folder, environment)
    yield running
    running.kill()


def test_the_first_start_tells_address_and_administrator_and_fills_the_catalogue(
    up: Running, environment: dict[str, str]
) -> None:
    output = up.output
    port = environment["PORT"]
    assert f"Ready: http://localhost:{port}/" in output
    assert re.search(r"administrator is admin, with the password \S{16}", output)
    assert re.search(rf"Watch run \d+ at http://localhost:{port}/ops/", output)
    assert re.search(r"Loaded a starter catalogue of \d+ works and \d+ screen works", output)
    with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=60) as answer:
        assert answer.status == 200


def test_the_password_is_in_no_log_file(up: Running, folder: Path) -> None:
    (password,) = re.findall(r"with the password (\S+)", up.output)
    assert not [log for log in (folder / "home" / "logs").iterdir() if password in log.read_text()]


def test_a_second_up_on_the_same_home_is_refused_with_a_sentence(up: Running, environment: dict[str, str]) -> None:
    refused = _run("up", environment)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Adaptapedia already runs on ")
    assert f"process {up.pid}" in refused.stderr


@pytest.mark.parametrize("name", ["beat", "worker-long", "web", "valkey", "postgres"])
def test_a_child_that_is_killed_comes_back(up: Running, name: str, environment: dict[str, str]) -> None:
    before = _children(up)[name]
    before.kill()
    assert wait_until(lambda: name in (now := _children(up)) and now[name].pid != before.pid, seconds=60), up.output
    assert f"{name} died (terminated by SIGKILL" in up.output
    assert wait_until(lambda: _answers(environment["PORT"]), seconds=60), up.output[-4000:]


def test_readers_do_not_notice_that_the_database_was_restarted(
    up: Running, folder: Path, environment: dict[str, str]
) -> None:
    port = environment["PORT"]
    assert wait_until(lambda: _status(port, "/readyz") == 200, seconds=60), up.output[-4000:]
    before = _connections(folder)
    assert before is not None
    # Every thread of the web server takes a connection, and keeps it.
    with ThreadPoolExecutor(WEB_PROCESSES * WEB_THREADS) as readers:
        assert {*readers.map(lambda _: _status(port, "/readyz"), range(100))} == {200}
    after = _connections(folder)
    assert after is not None
    assert after - before <= WEB_PROCESSES * WEB_THREADS
    old = _children(up)["postgres"]
    old.kill()
    assert wait_until(lambda: "postgres" in (now := _children(up)) and now["postgres"].pid != old.pid, seconds=60)
    assert wait_until(lambda: _connections(folder) is not None, seconds=60), up.output[-4000:]
    with ThreadPoolExecutor(WEB_PROCESSES * WEB_THREADS) as readers:  # all of the kept ones are dead now
        assert {*readers.map(lambda _: _status(port, "/readyz"), range(100))} == {200}


def test_it_stops_within_ten_seconds_and_leaves_no_process(up: Running, folder: Path) -> None:
    assert wait_until(lambda: len(_children(up)) == 6, seconds=60), up.output[-4000:]
    family = psutil.Process(up.pid).children(recursive=True)
    up.send(signal.SIGTERM)
    began = time.monotonic()
    assert up.wait(seconds=10) == 0
    assert time.monotonic() - began < 10
    assert not _processes_of(folder)
    assert not _home(folder).run.exists()
    assert not [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_the_second_start_has_all_data_and_the_next_free_port(again: Running, environment: dict[str, str]) -> None:
    following = int(environment["PORT"]) + 1
    assert f"Port {environment['PORT']} is taken; using {following}" in again.output
    assert f"Ready: http://localhost:{following}/" in again.output
    assert "password" not in again.output  # the administrator is still there
    assert "starter catalogue" not in again.output  # and so is what there was to read


def test_after_its_own_death_by_sigkill_it_ends_what_was_left_and_starts_again(
    again: Running, folder: Path, environment: dict[str, str]
) -> None:
    stubborn = Running(
        [sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"],
        log=folder / "stubborn.log",
        environment={**environment, MARK: str(_home(folder).run)},
    )
    again.send(signal.SIGKILL)
    again.wait()
    assert wait_until(lambda: len(_processes_of(folder)) == 1, seconds=60), "all but the stubborn one end by themselves"
    third = start(folder, environment)
    assert f"Ended process {stubborn.pid}, left behind" in third.output
    assert stubborn.wait() == -signal.SIGKILL
    assert third.stop() < 10
    assert not _processes_of(folder)


def test_a_folder_that_cannot_be_written_is_named_in_a_sentence(environment: dict[str, str]) -> None:
    refused = _run("up", {**environment, "ADAPTAPEDIA_HOME": "/proc/adaptapedia"})
    assert refused.returncode == 1
    assert "/proc/adaptapedia" in refused.stderr
    assert "ADAPTAPEDIA_HOME" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_missing_secret_key_is_named_in_a_sentence(environment: dict[str, str]) -> None:
    refused = _run("up", {**environment, "DATABASE_URL": "postgres://a:hidden@localhost/b", "ALLOWED_HOSTS": "a.org"})
    assert refused.returncode == 1
    assert refused.stderr.startswith("SECRET_KEY is missing")
    assert "hidden" not in refused.stderr
    assert "Traceback" not in refused.stderr


def _run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, command], env=environment, capture_output=True, text=True, timeout=120)


def _children(up: Running) -> dict[str, psutil.Process]:
    """The programs that `up` runs now, by the names that it gives them."""
    found = {}
    for child in psutil.Process(up.pid).children():
        try:
            line = " ".join(child.cmdline())
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        for name, mark in {
            "web": "granian",
            "worker-quick": "-Q quick",
            "worker-long": "-Q long",
            "beat": " beat ",
            "valkey": "valkey-server",
            "postgres": "/postgres -D",
        }.items():
            if mark in line:
                found[name] = child
    return found


def _home(folder: Path) -> Home:
    return Config(adaptapedia_home=folder / "home").home


def _processes_of(folder: Path) -> list[str]:
    """Every process whose command line or environment names this folder's home or its sockets."""
    home = _home(folder)
    marks = (str(home.data), str(home.run))
    found = []
    for process in psutil.process_iter():
        try:  # a zombie has neither: reading them raises
            command, variables = process.cmdline(), process.environ().values()
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(mark in word for word in [*command, *variables] for mark in marks):
            found.append(f"{process.pid} {' '.join(command)}")
    return found


def _answers(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _status(port: str, address: str) -> int:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}{address}", timeout=120) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _connections(folder: Path) -> int | None:
    """How many there are to the embedded PostgreSQL, ours not counted; None while it takes none."""
    home = _home(folder)
    try:
        with psycopg.connect(Postgres(home.data / "postgres", home.run).url) as connection:
            counted = connection.execute(
                "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
            ).fetchone()
    except psycopg.OperationalError:
        return None
    assert counted
    return int(counted[0])
