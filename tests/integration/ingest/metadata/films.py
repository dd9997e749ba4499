"""Films that the catalogue and the lab have, and how often the lab was asked for them."""

from collections import Counter
from typing import Any

from adaptapedia.catalogue.models import ScreenWork
from tests.integration.ingest.metadata.samples import screen_work
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film


def known_film(number: int, **fields: Any) -> ScreenWork:
    """A screen work whose number at TMDb is known, alike the film of that number and name."""
    told = {"title": f"Film {number}", "year": None, **fields}
    return screen_work(f"film-{number}", tmdb=f"movie/{number}", **told)


def films(lab: TmdbLab, number: int, *, there: bool = True) -> None:
    for n in range(1, number + 1):
        known_film(n)
        if there:
            lab.add(film(n, f"Film {n}", directors=f"Director {n}", cast=(f"Star {n}",)))


def asked(lab: TmdbLab) -> Counter[str]:
    """How often each title was asked for."""
    return Counter(path for path, _ in answered(lab))


def answered(lab: TmdbLab) -> list[tuple[str, int | None]]:
    """The titles that were asked for, in order, with the status of each answer."""
    told = ((request.target.partition("?")[0].removeprefix("/3/"), request.status) for request in lab.requests)
    return [(path, status) for path, status in told if path.startswith(("movie/", "tv/"))]
