"""Subprocesses of tests: each in a group of its own, its output in a file, ended with the test at the latest."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from adaptapedia.local.processes import die_with_parent, wait_until


class Running:
    """A process that runs; what it has printed is in `log`."""

    def __init__(self, command: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**environment, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGTERM),
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def output(self) -> str:
        """All it has printed so far, both streams."""
        return self.log.read_text(errors="replace")

    def wait_for(self, text: str, *, seconds: float = 120) -> str:
        """Wait until it has printed `text`; what it printed. Fails with the output when it ends or time is up."""
        wait_until(lambda: text in self.output or self.process.poll() is not None, seconds=seconds)
        output = self.output
        assert text in output, f"{self.process.args!r} did not print {text!r} within {seconds} s:\n{output[-4000:]}"
        return output

    def wait(self, *, seconds: float = 120) -> int:
        """Wait for its end; its exit code."""
        return self.process.wait(seconds)

    def send(self, sig: signal.Signals) -> None:
        """Send a signal to this process alone."""
        self.process.send_signal(sig)

    def kill(self) -> None:
        """SIGKILL to the whole group, as when the machine takes the plug."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, *, seconds: float = 10) -> float:
        """SIGTERM, then SIGKILL to the group when it does not obey; the seconds that it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self.kill()
        return time.monotonic() - began


def environment_of_tests() -> dict[str, str]:
    """The environment in which a process sees the test database and the test Valkey."""
    from django.conf import settings

    from adaptapedia.settings import CONFIG

    database = urlsplit(CONFIG.database_address)._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    return {
        **os.environ,
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": CONFIG.redis_address,
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
    }


class Processes:
    """Real workers, beats and commands, all with one environment; all end with `close`.

    `environment` names the test database, so that what they see is what the test has committed. Workers are told
    apart by `host` where some outlive a test.
    """

    def __init__(self, *, environment: dict[str, str], logs: Path, host: str = "test") -> None:
        self.environment = environment
        self.logs = logs
        self.host = host
        self._started: list[Running] = []

    def start_worker(
        self, queues: str = "quick,long", *, concurrency: int = 1, wait: bool = True, **environment: str
    ) -> Running:
        """A Celery worker that takes messages from `queues`, already unless we do not `wait` for it."""
        name = f"worker-{len(self._started) + 1}@{self.host}"
        arguments = ["worker", "-Q", queues, "-c", str(concurrency), "-n", name, "--without-mingle", "--without-gossip"]
        worker = self._start_celery(*arguments, **environment)
        if wait:
            worker.wait_for(f"{name} ready.")
        return worker

    def start_beat(self, *, wait: bool = True, **environment: str) -> Running:
        """A Celery beat with our scheduler, already under way unless we do not `wait` for it."""
        beat = self._start_celery("beat", "--pidfile=", **environment)
        if wait:
            beat.wait_for("beat: Starting")
        return beat

    def start(self, *command: str, **environment: str) -> Running:
        """Any command, for example `start(sys.executable, "-m", "adaptapedia", "jobs", "list")`."""
        log = self.logs / f"process-{len(self._started) + 1}.log"
        running = Running(command, log=log, environment={**self.environment, **environment})
        self._started.append(running)
        return running

    def close(self) -> None:
        """Stop all of them, the latest first, and each at once when it does not obey."""
        for running in reversed(self._started):
            running.stop(seconds=5)

    def _start_celery(self, *arguments: str, **environment: str) -> Running:
        return self.start(sys.executable, "-m", "celery", "-A", "adaptapedia", *arguments, "-l", "info", **environment)
