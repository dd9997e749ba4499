"""The embedded PostgreSQL: made, stopped, killed, left behind, of two versions."""

import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adaptapedia.local import folders, postgres
from adaptapedia.local.errors import NoBinary, StartFailed, Unusable
from adaptapedia.local.folders import private_folder
from adaptapedia.local.postgres import Postgres
from adaptapedia.local.processes import child, is_alive, wait_until


@pytest.fixture
def home() -> Iterator[Path]:
    """A short folder that PostgreSQL's own user can walk through."""
    with tempfile.TemporaryDirectory(prefix="ap g") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def server_in(home: Path, **options: int) -> Postgres:
    return Postgres(home / "data" / "postgres", home / "run", settings={"fsync": "off"}, **options)


def test_a_new_one_holds_our_database_with_checksums_and_sorts_by_code_point(home: Path) -> None:
    with server_in(home).running() as server, psycopg.connect(server.url) as connection:
        assert _asked(connection, "SELECT current_database(), current_user") == ("adaptapedia", "adaptapedia")
        assert _asked(connection, "SHOW data_checksums") == ("on",)
        assert _asked(connection, "SHOW server_encoding") == ("UTF8",)
        assert _asked(connection, "SELECT 'Z' < 'a', 'ÄX' = upper('äx')") == (True, True)
        assert _asked(connection, "SHOW listen_addresses") == ("",)


def test_trigrams_know_the_letters_of_every_script(home: Path) -> None:
    with server_in(home).running() as server, psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        for word in ("dune", "анна", "羅生門", "الأيام"):
            assert _asked(connection, f"SELECT cardinality(show_trgm('{word}')) > 2") == (True,), word


def test_nobody_else_can_reach_its_socket_or_read_its_data(home: Path) -> None:
    with server_in(home).running() as server:
        assert stat.S_IMODE(server.run.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_rows_outlive_a_stop_and_a_sigkill(home: Path) -> None:
    server = server_in(home)
    with server.running(), psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE book AS SELECT 'Dune' AS title")
    with child(server.command(), log=home / "log", stop=signal.SIGKILL, user=server.user) as process:
        assert wait_until(server.is_ready, seconds=60)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("INSERT INTO book VALUES ('Solaris')")
            process.kill()
    with server.running(), psycopg.connect(server.url) as connection:
        assert _asked(connection, "SELECT string_agg(title, ' ' ORDER BY title) FROM book") == ("Dune Solaris",)


def test_a_server_left_behind_is_ended_and_a_strangers_pid_is_left_alone(home: Path) -> None:
    server = server_in(home)
    server.prepare()
    with child(server.command(), log=home / "log", stop=signal.SIGINT, user=server.user) as left:
        assert wait_until(server.is_ready, seconds=60)
        server.end_leftover()
        assert left.wait(10) == 0
    pidfile = server.data / "postmaster.pid"
    pidfile.write_text(f"{os.getpid()}\n{server.data}\n")
    with server.running():
        assert is_alive(os.getpid())


def test_half_a_data_directory_is_made_anew(home: Path) -> None:
    server = server_in(home)
    (home / "data" / "postgres.new").mkdir(parents=True)
    (home / "data" / "postgres.new" / "PG_VERSION").write_text("18\n")
    with server.running():
        assert server.is_ready()


def test_a_data_directory_is_opened_by_the_version_that_made_it(home: Path, postgresql_15: int) -> None:
    with server_in(home, major=postgresql_15).running() as server, psycopg.connect(server.url) as connection:
        assert _asked(connection, "SELECT current_setting('server_version_num')::int / 10000") == (15,)
        assert _asked(connection, "SELECT 'Z' < 'a'") == (True,)
    again = server_in(home)
    assert again.binaries.major == 15
    with again.running():
        assert again.is_ready()


def test_a_version_that_is_not_installed_is_named_in_a_sentence(home: Path) -> None:
    with pytest.raises(NoBinary, match="PostgreSQL 12, which made the data directory, was not found on this machine"):
        server_in(home, major=12).prepare()


def test_a_start_that_fails_shows_the_servers_own_words(home: Path) -> None:
    server = Postgres(home / "data" / "postgres", home / "run", settings={"shared_buffers": "many"})
    with pytest.raises(StartFailed, match=r"invalid value for parameter .shared_buffers"), server.running():
        pass


def test_a_folder_that_is_a_link_or_somebody_elses_is_refused(home: Path) -> None:
    (home / "theirs").mkdir()
    (home / "link").symlink_to(home / "theirs")
    with pytest.raises(Unusable, match="belongs to somebody else"):
        private_folder(home / "link")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_root_lends_it_a_user_who_gets_a_copy_of_what_he_cannot_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "can_reach", lambda path, *, user: path.is_relative_to(home))
    server = server_in(home)
    assert server.user == folders.SYSTEM_USER
    with server.running(), psycopg.connect(server.url) as connection:
        assert server.binaries.folder.is_relative_to(home / "data")
        assert _asked(connection, "SELECT 1") == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes users")
def test_two_that_start_side_by_side_make_the_user_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"adaptapedia-{secrets.token_hex(4)}"
    late = tmp_path / "useradd"  # the other is a moment ahead: when ours comes, the name is taken
    late.write_text(f'#!/bin/sh\n{shutil.which("useradd")} "$@" && exec {shutil.which("useradd")} "$@"\n')
    late.chmod(0o755)
    monkeypatch.setattr(folders, "SYSTEM_USER", name)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    try:
        assert folders.system_user() == name
        assert capsys.readouterr().out == "", "the other has said it"
    finally:
        subprocess.run(["userdel", name], check=True)


def _asked(connection: psycopg.Connection, question: str) -> tuple[object, ...]:
    row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return tuple(row)
