"""What becomes of a run that is to start while others of its schedule are there."""

from typing import Literal

from adaptapedia.scheduling.core.policies import Overlap

Decision = Literal["start", "skip", "wait", "replace"]


def decide(overlap: Overlap, *, running: bool, waiting: bool) -> Decision:
    """What a run does when one of its schedule is `running`, and another of it already `waiting`.

    "replace": the running one is asked to stop, this one waits, and the one that waited before is skipped. A run
    that waits asks again when the running one has ended.
    """
    if not running or overlap == Overlap.ALLOW:
        return "start"
    if overlap == Overlap.CANCEL:
        return "replace"
    return "wait" if overlap == Overlap.QUEUE and not waiting else "skip"
