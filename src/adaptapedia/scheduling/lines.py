"""What runs have logged, as far as it is kept."""

from adaptapedia.scheduling.models import JobRun, RunLine


def newest_lines(run: JobRun, count: int, *, after: int = 0) -> list[RunLine]:
    """The newest lines of a run, at most so many, the oldest of them first; only those after one, by its id."""
    return list(RunLine.objects.filter(run=run, id__gt=after).order_by("-id")[:count])[::-1]


def kept_lines(run: JobRun) -> int:
    """How many lines of a run are kept."""
    return RunLine.objects.filter(run=run).count()
