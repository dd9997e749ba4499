"""supervisord in a process of its own, keeping small programs instead of ours."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.processes import Processes, Running

SCRIPT = """
import json, sys
from pathlib import Path
from adaptapedia.local.output import to_terminal
from adaptapedia.local.programs import Program
from adaptapedia.local.supervision import supervise
output = to_terminal()
programs = [Program(**program) for program in json.loads(sys.argv[2])]
folder = Path(sys.argv[1])
sys.exit(supervise(programs, run=folder, logs=folder, output=output, when_prepared=lambda: output.say("prepared")))
"""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    found = Processes(environment={"PATH": "/usr/bin:/bin"}, logs=tmp_path)
    yield found
    found.close()


def start(processes: Processes, *programs: dict[str, object]) -> Running:
    return processes.start(sys.executable, "-c", SCRIPT, str(processes.logs), json.dumps(programs))


def program(name: str, group: str, shell: str, **terms: object) -> dict[str, object]:
    return {"name": name, "group": group, "command": ["sh", "-c", shell], **terms}


def test_a_step_that_fails_shows_why_and_stops_everything(processes: Processes) -> None:
    up = start(
        processes,
        program("postgres", "servers", "exec sleep 60"),
        program("prepare", "steps", "echo no such table; exit 3", lasting=False),
        program("web", "app", "echo pages"),
    )
    assert up.wait(seconds=60) == 1
    assert "prepare      | no such table\n" in up.output
    assert "prepare failed (exit status 3), so nothing else is started" in up.output
    assert "pages" not in up.output


def test_the_application_starts_after_the_steps_and_a_program_that_keeps_failing_is_tried_ever_later(
    processes: Processes,
) -> None:
    up = start(
        processes,
        program("prepare", "steps", "sleep 0.2; echo tables made", lasting=False),
        program("beat", "app", "exit 7"),
    )
    output = up.wait_for("beat died (exit status 7) soon after its start; next try in 3 s", seconds=60)
    said = [output.index(text) for text in ("tables made", "prepared", "next try in 1 s", "next try in 2 s")]
    assert said == sorted(said)
    up.send(signal.SIGTERM)
    assert up.wait(seconds=60) == 0


def test_a_program_that_will_not_end_is_killed_with_its_children(processes: Processes) -> None:
    loop = "trap '' TERM INT; while :; do sleep 0.1; done"
    up = start(
        processes,
        program("prepare", "steps", "true", lasting=False),
        program("worker-long", "app", f"({loop}) & echo child $$; {loop}", patience=1),
    )
    up.wait_for("child")
    up.send(signal.SIGINT)
    assert up.wait(seconds=60) == 0
    group = int(up.output.partition("child ")[2].split()[0])
    assert not _living_members(group)


def test_a_reader_who_goes_away_stops_everything(tmp_path: Path) -> None:
    programs = [
        program("prepare", "steps", "true", lasting=False),
        program("web", "app", "while :; do echo hello; sleep 0.05; done"),
    ]
    command = f'"{sys.executable}" -c "$0" "$1" "$2" | head -n 3; echo "ended ${{PIPESTATUS[0]}}"'
    running = Running(
        ["bash", "-c", command, SCRIPT, str(tmp_path), json.dumps(programs)],
        log=tmp_path / "output",
        environment={"PATH": "/usr/bin:/bin"},
    )
    assert running.wait(seconds=60) == 0
    assert "ended 0" in running.output


def _living_members(group: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
