"""Our scheduler beside django-celery-beat's and celery-redbeat: how fast ticks leave, how late, and at what cost.

    .venv/bin/python -m benchmarks.scheduler [--counts 1000 10000] [--standing 100000] [--kinds ours dcb redbeat]
        [--only dispatch standing]

All in one run, on servers of its own, with real `celery beat` processes and no worker. A schedule counts as
dispatched when its message is in Valkey. Of the peers the two that are used most are measured as they come, in a
plain Celery project; redbeat keeps its schedules in the same Valkey.

With 100,000 schedules, of which each is due once in a hundred minutes: lateness over some minutes; what an idle
beat uses; how long an edit takes to take effect, counted from the beginning of the edit; how long it takes until
another beat leads and has written a tick after the leader was killed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import own_servers
from benchmarks.scheduler_beats import DCB, OURS, REDBEAT
from benchmarks.scheduler_dispatch import measure_dispatch
from benchmarks.scheduler_standing import measure_standing

KINDS = {kind.name: kind for kind in (OURS, DCB, REDBEAT)}
PARTS = ("dispatch", "standing")


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000])
    arguments.add_argument("--standing", type=int, default=100_000)
    arguments.add_argument("--minutes", type=int, default=5)
    arguments.add_argument("--kills", type=int, default=20)
    arguments.add_argument("--edits", type=int, default=200)
    arguments.add_argument("--kinds", nargs="+", choices=KINDS, default=[*KINDS])
    arguments.add_argument("--only", nargs="+", choices=PARTS, default=[*PARTS])
    options = arguments.parse_args()
    with own_servers(), tempfile.NamedTemporaryFile(prefix="adaptapedia-beats-") as log:
        if "dispatch" in options.only:
            kinds = [KINDS[name] for name in options.kinds]
            measure_dispatch(counts=options.counts, kinds=kinds, log=Path(log.name))
        if "standing" in options.only:
            measure_standing(
                count=options.standing,
                minutes=options.minutes,
                edits=options.edits,
                kills=options.kills,
                log=Path(log.name),
            )


if __name__ == "__main__":
    main()
