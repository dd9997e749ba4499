"""What runs have logged, as far as it is kept."""

from adaptapedia.scheduling.models import JobRun, RunLine


def newest_lines(run: JobRun, count: int) -> list[RunLine]:
    """The newest lines of a run, the oldest of them first."""
    return list(RunLine.objects.filter(run=run).order_by("-id")[:count])[::-1]


def kept_lines(run: JobRun) -> int:
    """How many lines of a run are kept."""
    return RunLine.objects.filter(run=run).count()
