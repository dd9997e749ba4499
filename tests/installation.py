"""A whole installation in a home of its own, as a person starts it: `adaptapedia up`."""

import os
import sys
import time
from pathlib import Path

from tests.ports import free_port
from tests.processes import Running

COMMAND = [sys.executable, "-m", "adaptapedia"]
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PORT", "ADAPTAPEDIA_HOME", "ADAPTAPEDIA_LAB")


def environment_of(folder: Path) -> dict[str, str]:
    """What a person's shell would hold, and an upstream that refuses at once: nothing leaves this machine."""
    plain = {name: value for name, value in os.environ.items() if name not in OURS}
    return {
        **plain,
        "ADAPTAPEDIA_HOME": str(folder / "home"),
        "PORT": str(free_port(in_a_row=2)),
        "WIKIDATA_SPARQL_ENDPOINT": "http://127.0.0.1:9/sparql",
        "CONTACT": "tests@example.org",
    }


def start(folder: Path, environment: dict[str, str], *, seconds: float = 180) -> Running:
    """Start it and wait until it says that it is ready."""
    running = Running([*COMMAND, "up"], log=folder / f"up-{time.monotonic_ns()}.log", environment=environment)
    try:
        running.wait_for("Ready: ", seconds=seconds)
    except AssertionError:
        running.stop()
        raise
    return running
