import re
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.test import Client

from adaptapedia.config import EXAMPLES, Config
from adaptapedia.home import CHECKOUT
from adaptapedia.ingest.upstreams import LIMITS, Upstream, budget_of, budget_of_endpoint, limits_of
from adaptapedia.kit.budget import Budget
from adaptapedia.ops.views.metrics import OF_UPSTREAMS

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-more-than-twenty-signs"


@pytest.fixture
def tmdb() -> Iterator[Budget]:
    """The budget of TMDb as nobody has used it yet; what a test does to it is forgotten."""
    keys = [f"budget:{upstream.value.lower()}" for upstream in Upstream]
    with redis.Redis.from_url(settings.BUDGET_URL) as valkey, closing(budget_of(Upstream.TMDB)) as budget:
        valkey.delete(*keys)
        yield budget
        valkey.delete(*keys)


@pytest.fixture
def own_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {name: EXAMPLES[name] for name in ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")}
    for name, value in {**own, "SECRET_KEY": "s3cret-key-of-enough-different-characters-0123456789"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(settings, "CONFIG", Config.load())


def ask(budget: Budget, times: int) -> None:
    for _ in range(times):
        with budget.turn():
            pass


def test_the_budgets_are_there_with_what_they_count(client: Client, tmdb: Budget) -> None:
    ask(tmdb, 2)
    tmdb.failed()
    tmdb.pause(60)

    response = client.get("/metrics")

    assert response.headers["Content-Type"].startswith("text/plain; version=")
    told = response.content.decode()
    assert 'adaptapedia_upstream_requests_total{upstream="TMDb"} 2.0' in told
    assert 'adaptapedia_upstream_limited_total{upstream="TMDb"} 1.0' in told
    assert 'adaptapedia_upstream_failures_total{upstream="TMDb"} 1.0' in told
    assert 'adaptapedia_upstream_paused{upstream="TMDb"} 1.0' in told
    assert 'adaptapedia_upstream_breaker_open{upstream="TMDb"} 0.0' in told
    assert 'adaptapedia_upstream_requests_total{upstream="Wikidata"} 0.0' in told
    assert 'adaptapedia_upstream_tokens{upstream="Open Library"} 1.0' in told


def test_the_docs_name_every_metric(client: Client, tmdb: Budget) -> None:
    docs = (CHECKOUT / "docs" / "operate.md").read_text()
    shown = {line.split()[2] for line in client.get("/metrics").content.decode().splitlines() if "# HELP" in line}

    told = set(re.findall(r"^\| `((?:adaptapedia|scheduling)_[a-z_]+)`", docs, re.MULTILINE))

    assert len([name for name in shown if name.startswith("adaptapedia_")]) == len(OF_UPSTREAMS)
    assert shown == told


def test_with_servers_of_ones_own_it_takes_the_token(
    client: Client, own_servers: None, settings: object, tmdb: Budget
) -> None:
    assert client.get("/metrics").status_code == 401
    settings.METRICS_TOKEN = TOKEN  # type: ignore[attr-defined]

    refused = client.get("/metrics", headers={"Authorization": "Bearer a-guess-of-more-than-twenty-signs"})

    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_with_servers_of_ones_own_operators_may_look(moderator: Client, own_servers: None, tmdb: Budget) -> None:
    assert moderator.get("/metrics").status_code == 200


def test_a_token_closes_the_embedded_default_too(client: Client, settings: object, tmdb: Budget) -> None:
    settings.METRICS_TOKEN = TOKEN  # type: ignore[attr-defined]
    assert client.get("/metrics").status_code == 401


def test_the_overview_shows_how_each_budget_stands(moderator: Client, tmdb: Budget) -> None:
    ask(tmdb, 3)
    page = moderator.get("/ops/").content.decode()
    assert "40 requests a second" in page
    assert "3 requests lately, 0 answered with a pause, 0 failed" in page

    for _ in range(2):
        tmdb.failed()
    assert "the last 2 requests failed" in moderator.get("/ops/").content.decode()
    tmdb.succeeded()
    assert "3 requests lately, 0 answered with a pause, 2 failed" in moderator.get("/ops/").content.decode()

    tmdb.pause(90)
    assert "asked us to pause for another 1 min" in moderator.get("/ops/").content.decode()
    for _ in range(LIMITS[Upstream.TMDB].failures):
        tmdb.failed()
    page = moderator.get("/ops/").content.decode()
    assert page.count("after 25 failures in a row") == 2, "beside the upstream, and as a trouble"


def test_every_endpoint_of_wikidata_is_there_by_its_own_name(
    moderator: Client, client: Client, tmdb: Budget, settings: object
) -> None:
    host = f"sparql-{uuid4().hex}.example"
    settings.WIKIDATA_SPARQL_ENDPOINTS = (  # type: ignore[attr-defined]
        "https://query.wikidata.org/sparql",
        f"https://ada:s3cret@{host}/one?key=s3cret",
        f"https://ada:s3cret@{host}:8443/two",
        f"https://ada:s3cret@{host}/one?key=0ther",
    )
    second = budget_of_endpoint(settings.WIKIDATA_SPARQL_ENDPOINTS[1])  # type: ignore[attr-defined]
    ask(second, 1)
    for _ in range(second.limits.failures):
        second.failed()
    second.close()

    told = client.get("/metrics").content.decode()
    page = moderator.get("/ops/").content.decode()

    assert f'adaptapedia_upstream_breaker_open{{upstream="Wikidata at {host}/one"}} 1.0' in told
    assert f'adaptapedia_upstream_breaker_open{{upstream="Wikidata at {host}:8443/two"}} 0.0' in told
    assert 'adaptapedia_upstream_breaker_open{upstream="Wikidata"} 0.0' in told
    assert told.count("adaptapedia_upstream_breaker_open{") == 5
    assert f"Wikidata at {host}/one" in page
    assert f"Wikidata at {host}:8443/two" in page
    assert "s3cret" not in told + page


def test_settings_change_what_an_upstream_allows(settings: object) -> None:
    settings.OPEN_LIBRARY_LIMITS = {"rate": 1.0}  # type: ignore[attr-defined]
    assert limits_of(Upstream.OPEN_LIBRARY).rate == 1.0
    assert limits_of(Upstream.OPEN_LIBRARY).one_at_a_time is False
    assert limits_of(Upstream.WIKIDATA).one_at_a_time is True
