"""Processes of ours: dying with their parent, told apart from strangers with a recycled pid, ended for certain."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with_parent(sig: signal.Signals) -> None:
    """Ask the kernel to send this process `sig` when its parent ends. Linux only; elsewhere it does nothing.

    Called between fork and exec, after any change of user, which would clear it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sig))


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists and is not a zombie."""
    return _state(pid) not in {None, "Z"}


def started_at(pid: int) -> str | None:
    """When a process began, as a text that two processes of one id never share; None if there is no such process."""
    if sys.platform == "linux":
        return fields[19] if (fields := _stat(pid)) else None
    return _ps(pid, "lstart")


def folder_of(pid: int) -> Path | None:
    """The working directory of a process, where the system tells (Linux)."""
    with suppress(OSError):
        return Path(os.readlink(f"/proc/{pid}/cwd"))
    return None


def name_of(pid: int) -> str | None:
    """The name of a process's program."""
    if sys.platform == "linux":
        with suppress(OSError):
            return Path(f"/proc/{pid}/comm").read_text().strip()
        return None
    return Path(name).name if (name := _ps(pid, "comm")) else None


def end(pid: int, *, politely: signal.Signals, seconds: float, group: bool = False) -> None:
    """End a process, or its whole group: first by `politely`, after `seconds` by SIGKILL."""
    send: Callable[[int, int], None] = os.killpg if group else os.kill
    with suppress(ProcessLookupError):
        send(pid, politely)
        if not wait_until(lambda: not is_alive(pid), seconds=seconds) or group:
            send(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), seconds=2)


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Poll until `condition` holds; False when `seconds` went by without."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


@contextmanager
def child(
    command: list[str], *, log: Path, stop: signal.Signals, user: str | None = None, seconds: float = 10
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server beside us for the length of a block, its output in `log`; it ends when we do, however we end."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - commands are our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(stop),
            user=user,
            group=user,
            extra_groups=[] if user else None,
            cwd="/",
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _state(pid: int) -> str | None:
    if sys.platform == "linux":
        return fields[0] if (fields := _stat(pid)) else None
    state = _ps(pid, "stat")
    return state[0] if state else None


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat (proc(5)) from the third, the state, on; the name before them may hold spaces."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _ps(pid: int, field: str) -> str | None:
    told = subprocess.run(["ps", "-o", f"{field}=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return told.stdout.strip() or None
