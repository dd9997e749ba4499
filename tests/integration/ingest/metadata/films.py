"""Films that the catalogue and the lab have, and how often the lab was asked for them."""

from collections import Counter

from tests.integration.ingest.metadata.samples import screen_work
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film


def films(lab: TmdbLab, number: int, *, there: bool = True) -> None:
    for n in range(1, number + 1):
        screen_work(f"film-{n}", tmdb=f"movie/{n}")
        if there:
            lab.add(film(n, f"Film {n}", directors=f"Director {n}", cast=(f"Star {n}",)))


def asked(lab: TmdbLab) -> Counter[str]:
    """How often each title was asked for."""
    return Counter(path for path, _ in answered(lab))


def answered(lab: TmdbLab) -> list[tuple[str, int | None]]:
    """The titles that were asked for, in order, with the status of each answer."""
    told = ((request.target.partition("?")[0].removeprefix("/3/"), request.status) for request in lab.requests)
    return [(path, status) for path, status in told if path.startswith(("movie/", "tv/"))]
