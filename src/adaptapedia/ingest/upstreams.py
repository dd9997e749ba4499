"""The three upstreams' budgets, each shared by all workers. Settings may change any limit of theirs."""

from dataclasses import replace
from enum import StrEnum

from django.conf import settings

from adaptapedia.kit.addresses import without_secrets
from adaptapedia.kit.budget import Budget, Limits


class Upstream(StrEnum):
    """An upstream as people call it, and its budget in Valkey."""

    WIKIDATA = "Wikidata"
    TMDB = "TMDb"
    OPEN_LIBRARY = "Open Library"


SIDE_BY_SIDE = Limits(
    cost=1.0, one_at_a_time=False, patience=600.0, holder_dies_after=75.0, failures=25, open_for=120.0
)
"""Requests are what is counted, and many are under way at once: a breaker must bear with some failures in a row."""

LIMITS = {
    Upstream.WIKIDATA: Limits(),
    # 40 to 50 a second are allowed (developer.themoviedb.org, "Rate Limiting"). What leaves us evenly arrives unevenly,
    # which a second's worth of burst over there makes up for.
    Upstream.TMDB: replace(SIDE_BY_SIDE, rate=40.0, burst=1.0),
    # 3 a second with a User-Agent that names a contact (openlibrary.org/developers/api).
    Upstream.OPEN_LIBRARY: replace(SIDE_BY_SIDE, rate=3.0, burst=1.0),
}


def limits_of(upstream: Upstream) -> Limits:
    """What an upstream allows, with the settings' own changes (`WIKIDATA_LIMITS` and so on)."""
    return replace(LIMITS[upstream], **getattr(settings, f"{upstream.name}_LIMITS"))


def budget_of(upstream: Upstream, *, at: str = "") -> Budget:
    """The shared budget of an upstream. To be closed, which its client does.

    `at` names another place that answers for it, which has a budget of its own.
    """
    return Budget(
        f"{upstream.value} at {at}" if at else upstream.value, settings.BUDGET_URL, limits=limits_of(upstream)
    )


def budget_of_endpoint(endpoint: str) -> Budget:
    """The budget of one of Wikidata's endpoints: the first one's is Wikidata's, each other has its own."""
    is_first = endpoint == settings.WIKIDATA_SPARQL_ENDPOINTS[0]
    place = without_secrets(endpoint).partition("://")[2].lower()
    return budget_of(Upstream.WIKIDATA, at="" if is_first else place)


def every_budget() -> list[Budget]:
    """All budgets in the order of `Upstream`, Wikidata's endpoint by endpoint. To be closed."""
    endpoints = {budget.name: budget for budget in map(budget_of_endpoint, settings.WIKIDATA_SPARQL_ENDPOINTS)}
    others = [budget_of(upstream) for upstream in Upstream if upstream is not Upstream.WIKIDATA]
    return [*endpoints.values(), *others]
