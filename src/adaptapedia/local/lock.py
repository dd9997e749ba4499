"""One `up` a home: a lock that the kernel drops with its holder, and the end of what a killed one left behind."""

import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from adaptapedia.local.errors import AlreadyRunning
from adaptapedia.local.processes import end, is_alive, wait_until

MARK = "ADAPTAPEDIA_UP"
"""The variable by which a process says which home's `up` started it; it survives the death of all its parents."""


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the home whose lasting folder is `data` for the length of a block.

    Raises AlreadyRunning, which names the holder's process, when another one holds it.
    """
    with (data / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(data, file.read().strip() or "just starting") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


def end_leftovers(run: Path) -> list[int]:
    """End every process that an earlier `up` with the same run folder started and did not live to stop; their ids.

    Their jobs are safe: a run whose worker is gone is found by its heartbeat. Linux only: elsewhere a process's
    environment cannot be read, and the kernel does not end children with their parent either.
    """
    left = [pid for pid in _marked(f"{MARK}={run}".encode()) if pid != os.getpid()]
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not any(map(is_alive, left)), seconds=3)
    for pid in left:
        end(pid, politely=signal.SIGKILL, seconds=2)
    return left


def _marked(mark: bytes) -> list[int]:
    if sys.platform != "linux":
        return []
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or somebody else's
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return [pid for pid in found if is_alive(pid)]
