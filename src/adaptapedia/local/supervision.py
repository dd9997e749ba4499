"""supervisord, in this process: it keeps the programs of `up` alive and stops them together."""

import io
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from supervisor import events
from supervisor.datatypes import RestartUnconditionally
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ProcessConfig, ProcessGroupConfig, ServerOptions, decode_wait_status
from supervisor.states import SupervisorStates
from supervisor.supervisord import Supervisor

from adaptapedia.local.lock import MARK
from adaptapedia.local.output import Output
from adaptapedia.local.processes import die_with_parent
from adaptapedia.local.programs import APP, QUIET_ABOUT, SERVERS, STEPS, Program

LONGEST_WAIT = 15
"""Seconds between two starts of a program that keeps failing: one more each time, up to this."""
FOR_EVER = 10**9
MIB = 2**20


def supervise(
    programs: Sequence[Program], *, run: Path, logs: Path, output: Output, when_prepared: Callable[[], None]
) -> int:
    """Run the programs until SIGINT, SIGTERM or SIGHUP, or until a step fails; then stop all of them.

    The servers and the steps start at once, the application when every step has succeeded, which `when_prepared`
    is told. What each prints goes to `output`, and but for the steps, which may print a password, to a file in
    `logs`. Returns 0, or 1 when a step failed.
    """
    options = _Options({program.name: program for program in programs}, logs=logs, run=run)
    supervisor = _Up(options, output=output, when_prepared=when_prepared)
    with suppress(ExitNow):  # how supervisord leaves its loop
        supervisor.main()
    options.close_logger()
    return 1 if supervisor.failed else 0


class _Options(ServerOptions):  # type: ignore[misc] # supervisor has no types
    """supervisord's options, set from programs instead of a file, whose syntax cannot hold every path."""

    def __init__(self, programs: dict[str, Program], *, logs: Path, run: Path) -> None:
        super().__init__()
        self.programs = programs
        self.last_end = ""
        self.configfile = io.StringIO("[supervisord]\nnodaemon=true\nsilent=true\nnocleanup=true\n")
        self.realize(args=[], doc="", progname="adaptapedia")
        self.first, self.test = True, False
        self.minfds, self.minprocs = 256, 1
        self.logfile, self.logfile_maxbytes, self.logfile_backups = str(logs / "supervisord.log"), MIB, 1
        self.pidfile = str(run / "supervisord.pid")
        self.process_group_configs = [
            ProcessGroupConfig(self, group, priority, self._processes_of(group, logs=logs, run=run))
            for priority, group in enumerate((SERVERS, STEPS, APP))
        ]

    def _processes_of(self, group: str, *, logs: Path, run: Path) -> list[ProcessConfig]:
        return [_process(self, it, logs=logs, run=run) for it in self.programs.values() if it.group == group]

    def waitpid(self) -> tuple[int | None, int | None]:
        pid, status = super().waitpid()
        if pid:
            self.last_end = decode_wait_status(status)[1]
        return pid, status

    def execve(self, filename: str, argv: list[str], env: dict[str, str]) -> None:
        program = self.programs[env["SUPERVISOR_PROCESS_NAME"]]
        die_with_parent(program.orphaned)
        os.nice(program.niceness)
        super().execve(filename, argv, env)


class _Up(Supervisor):  # type: ignore[misc] # supervisor has no types
    """supervisord that tells what happens, starts the application after the steps, and leaves no process behind."""

    def __init__(self, options: _Options, *, output: Output, when_prepared: Callable[[], None]) -> None:
        super().__init__(options)
        self.output = output
        self.when_prepared = when_prepared
        self.failed = False
        self.settled = False

    def runforever(self) -> None:
        events.subscribe(events.ProcessLogEvent, self._print)
        events.subscribe(events.ProcessStateExitedEvent, self._ended)
        events.subscribe(events.ProcessStateBackoffEvent, self._ended_at_once)
        events.subscribe(events.ProcessStateStoppedEvent, self._end_group)
        events.subscribe(events.SupervisorStoppingEvent, self._stopping)
        poll = self.options.poller.poll
        # supervisord looks around once a second, which would cost seconds at each start and stop.
        self.options.poller.poll = lambda timeout: poll(timeout if self.settled and not self.stopping else 0.05)
        super().runforever()

    def _print(self, event: Any) -> None:
        try:
            self.output.take(event.process.config.name, event.data)
        except BrokenPipeError:  # nobody reads us any more, as after `make up | head`
            self._stop()

    def _ended(self, event: Any) -> None:
        self._end_group(event)
        if event.process.group.config.name == STEPS:
            self._step_ended(event.process)
        elif self.options.mood == SupervisorStates.RUNNING:
            self.output.say(f"{event.process.config.name} died ({self.options.last_end}); restarting it")

    def _ended_at_once(self, event: Any) -> None:
        self._end_group(event)
        process = event.process
        process.backoff = min(process.backoff, LONGEST_WAIT)
        how = self.options.last_end if process.pid else process.spawnerr
        self.output.say(f"{process.config.name} died ({how}) soon after its start; next try in {process.backoff} s")

    def _step_ended(self, process: Any) -> None:
        if process.exitstatus != 0:
            self.output.say(f"{process.config.name} failed ({self.options.last_end}), so nothing else is started")
            self.failed = True
            self._stop()
        elif all(step.exitstatus == 0 for step in self.process_groups[STEPS].processes.values()):
            for waiting in self.process_groups[APP].processes.values():
                waiting.spawn()
            self.settled = True
            self.when_prepared()

    def _stop(self) -> None:
        self.options.mood = SupervisorStates.SHUTDOWN

    def _stopping(self, event: Any) -> None:
        with suppress(BrokenPipeError):
            self.output.say("Stopping")

    def _end_group(self, event: Any) -> None:
        """A process that died alone may leave children, which would hold its port or go on with its work."""
        self.output.finish(event.process.config.name)
        if event.process.pid:
            with suppress(ProcessLookupError):
                os.killpg(event.process.pid, signal.SIGKILL)


def _process(options: _Options, program: Program, *, logs: Path, run: Path) -> ProcessConfig:
    told: dict[str, Any] = {
        "stdout_logfile": str(logs / f"{program.name}.log") if program.lasting else None,
        "stdout_events_enabled": True,
        "stdout_logfile_maxbytes": 5 * MIB,
        "stdout_logfile_backups": 2,
        "stdout_capture_maxbytes": 0,
        "stdout_syslog": False,
        "redirect_stderr": True,
        "stderr_logfile": None,
        "stderr_events_enabled": False,
        "stderr_logfile_maxbytes": 0,
        "stderr_logfile_backups": 0,
        "stderr_capture_maxbytes": 0,
        "stderr_syslog": False,
    }
    return ProcessConfig(
        options,
        name=program.name,
        command=program.line,
        directory="/" if program.user else str(program.folder) if program.folder else None,
        umask=None,
        priority=1,
        autostart=program.group != APP,
        autorestart=RestartUnconditionally if program.lasting else False,
        startsecs=2 if program.lasting else 0,
        startretries=FOR_EVER,
        uid=program.user,
        stopsignal=program.stop,
        stopwaitsecs=program.patience,
        stopasgroup=False,
        killasgroup=True,
        exitcodes=[0],
        environment={"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": _quiet(), MARK: str(run)},
        serverurl=None,
        **told,
    )


def _quiet() -> str:
    asked = os.environ.get("PYTHONWARNINGS")
    return ",".join([*([asked] if asked else []), *(f"ignore:{beginning}" for beginning in QUIET_ABOUT)])
