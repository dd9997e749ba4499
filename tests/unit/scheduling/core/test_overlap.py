"""What becomes of a run that finds another of its schedule."""

import pytest

from adaptapedia.scheduling.core.overlap import decide
from adaptapedia.scheduling.core.policies import Overlap


@pytest.mark.parametrize(
    ("overlap", "alone", "running", "and_waiting", "newer"),
    [
        (Overlap.SKIP, "start", "skip", "skip", "skip"),
        (Overlap.QUEUE, "start", "wait", "skip", "wait"),
        (Overlap.CANCEL, "start", "replace", "replace", "skip"),
        (Overlap.ALLOW, "start", "start", "start", "start"),
    ],
)
def test_a_run_goes_by_its_policy_and_only_under_cancel_by_its_age(
    overlap: Overlap, alone: str, running: str, and_waiting: str, newer: str
) -> None:
    assert decide(overlap, running=False, waiting=False) == alone
    assert decide(overlap, running=True, waiting=False) == running
    assert decide(overlap, running=True, waiting=True) == and_waiting
    assert decide(overlap, running=True, waiting=False, newer=True) == newer


def test_under_cancel_a_newer_run_that_is_about_to_follow_goes_first() -> None:
    assert decide(Overlap.CANCEL, running=False, waiting=True, newer=True) == "skip"
    assert decide(Overlap.CANCEL, running=False, waiting=True) == "start"
