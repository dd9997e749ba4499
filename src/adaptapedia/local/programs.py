"""The processes of `up`: what each runs, and how it is stopped."""

import os
import shlex
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from adaptapedia.config import Config
from adaptapedia.local.lab import Lab
from adaptapedia.local.postgres import Postgres
from adaptapedia.local.valkey import Valkey

YIELDING = 5
"""Of workers and beat, so that pages stay quick on a small machine, and are there first at the start."""
WEB_PROCESSES = min(os.cpu_count() or 1, 4)
"""Python runs on one core a process. Each takes some 100 MiB, so a large machine does not get one a core."""
WEB_THREADS = 4
"""Of each process: a page that waits for PostgreSQL does not hold up the others. Each keeps one connection."""
SERVERS, STEPS, APP = "servers", "steps", "app"
"""The groups, in the order of starting; they stop in the opposite one, each as a whole and at once."""


QUIET_ABOUT = (
    "You're running the worker with superuser privileges",  # what root asked for
    "No directory at",  # static files could not be collected, which `prepare` has told
)
"""Beginnings of Python warnings that would only frighten the person who typed `make up`."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process that `up` keeps.

    `stop` asks it to end; after `patience` seconds it is killed. `orphaned` is what the kernel sends it when `up`
    itself is killed. A program that is not `lasting` runs once. One with a `niceness` (nice(2)) yields to the others.
    It runs in `folder`, where it has one.
    """

    name: str
    group: str
    command: list[str]
    user: str | None = None
    stop: signal.Signals = signal.SIGTERM
    orphaned: signal.Signals = signal.SIGTERM
    patience: int = 4
    lasting: bool = True
    niceness: int = 0
    folder: Path | None = None

    @property
    def line(self) -> str:
        """The command as a shell would read it."""
        return shlex.join(self.command)


def servers_of(config: Config) -> dict[str, Postgres | Valkey]:
    """The embedded servers that this configuration needs: one for each address that is not set."""
    data, run = config.home.data, config.home.run
    servers: dict[str, Postgres | Valkey] = {}
    if config.database_url is None:
        servers["postgres"] = Postgres(data / "postgres", run)
    if config.redis_url is None:
        servers["valkey"] = Valkey(data / "valkey", run)
    return servers


def programs_of(servers: dict[str, Postgres | Valkey], *, port: int, lab: Lab | None = None) -> list[Program]:
    """Everything that `up` runs, the embedded servers first."""
    return [
        *(_server(name, server) for name, server in servers.items()),
        *([] if lab is None else [Program("lab", SERVERS, lab.command, folder=lab.checkout)]),
        Program("prepare", STEPS, [*_python("adaptapedia"), "prepare"], lasting=False),
        Program("web", APP, web_server(port)),
        _worker("quick", concurrency=2),
        _worker("long", concurrency=1),
        Program("beat", APP, [*_celery("beat"), "--pidfile="], niceness=YIELDING),
    ]


def _server(name: str, server: Postgres | Valkey) -> Program:
    # PostgreSQL's SIGINT ends its sessions and stops; its SIGTERM would wait for them.
    stop = signal.SIGINT if isinstance(server, Postgres) else signal.SIGTERM
    return Program(name, SERVERS, server.command(), user=server.user, stop=stop, orphaned=stop, patience=3)


def web_server(port: int) -> list[str]:
    """The web server's command; benchmarks run the same."""
    where = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    how = ["--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS), "--workers-kill-timeout", "2"]
    return [*_python("granian"), *where, *how, "adaptapedia.wsgi:application"]


def _worker(queue: str, *, concurrency: int) -> Program:
    name = f"worker-{queue}"
    options = ["-Q", queue, "-n", f"{queue}@%h", "-c", str(concurrency), "--without-mingle", "--without-gossip"]
    # To a worker SIGTERM means: finish your job first. Nobody is left to wait for that when `up` was killed.
    return Program(name, APP, [*_celery("worker"), *options], orphaned=signal.SIGQUIT, niceness=YIELDING)


def _celery(role: str) -> list[str]:
    return [*_python("celery"), "-A", "adaptapedia", "--quiet", role, "-l", "info"]


def _python(module: str) -> list[str]:
    return [str(Path(sys.executable)), "-m", module]
