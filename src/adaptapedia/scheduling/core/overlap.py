"""What becomes of a run that is to start while others of its schedule are there."""

from typing import Literal

from adaptapedia.scheduling.core.policies import Overlap

Decision = Literal["start", "skip", "wait", "replace"]


def decide(overlap: Overlap, *, running: bool, waiting: bool, newer: bool = False) -> Decision:
    """What a run does when one of its schedule is `running`, and another of it already `waiting`.

    `newer`: one of these was made after it, as when it comes back for its retry or from a lost worker.
    "replace": the running one is asked to stop, this one waits, and the one that waited before is skipped. A run
    that waits asks again when the running one has ended.
    """
    if overlap == Overlap.CANCEL and newer:
        return "skip"
    if not running or overlap == Overlap.ALLOW:
        return "start"
    if overlap == Overlap.CANCEL:
        return "replace"
    return "wait" if overlap == Overlap.QUEUE and not waiting else "skip"
