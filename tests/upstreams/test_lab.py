"""The whole lab: three upstreams over one universe, as a command, as a process and as a fixture."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.processes import Running
from tests.upstreams import faults, json_faults
from tests.upstreams.__main__ import ways
from tests.upstreams.misbehaviour import HOSTILE, PASSING
from tests.upstreams.process import LabProcess
from tests.upstreams.triples import FILM, NOVEL, Date, class_tree, triples
from tests.upstreams.universe import Options, Universe, make
from tests.upstreams.whole import Lab

CHECKOUT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "tests.upstreams"]
AGENT = {"User-Agent": "Tests/1 (tests@example.org)"}
EVERYTHING = {"query": "SELECT ?s WHERE { ?s <http://www.wikidata.org/prop/direct/P144> ?o }"}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Universe:
    """One book, and 48 films of it."""
    folder = tmp_path_factory.mktemp("universe")
    facts = [class_tree(), triples(1, label="Dune", P31=NOVEL)]
    facts += [triples(number, label=f"Dune {number}", P31=FILM, P144=1, P577=Date(1984)) for number in range(2, 50)]
    source = folder / "facts.nt"
    source.write_text("".join(facts), encoding="utf-8")
    return make(source, folder, options=Options(open_library_absent=0))


@pytest.fixture
def small(few: Universe) -> Iterator[Lab]:
    with Lab(few, tmdb_per_second=None, open_library_per_second=None) as lab:
        yield lab


def test_one_title_is_known_to_wikidata_and_tmdb_and_its_book_to_open_library(small: Lab) -> None:
    settings = small.environment
    rows = httpx.get(settings["WIKIDATA_SPARQL_ENDPOINT"], params=EVERYTHING, headers=AGENT).json()["results"][
        "bindings"
    ]
    number = next(case.answer[1] for case in small.universe.cases() if case.answer and case.answer[0] == "movie")
    key = {"api_key": settings["TMDB_API_KEY"]}
    film = httpx.get(f"{settings['TMDB_BASE_URL']}/movie/{number}", params=key).json()
    (book,) = [key for key, work in small.catalogue.works.items() if work.of == 1 and not work.redirect]
    address = f"{settings['OPEN_LIBRARY_BASE_URL']}/works/{book}.json"

    assert len(rows) == 48
    assert film["release_date"][:3] == "198"
    assert httpx.get(address, headers={"User-Agent": "tests@example.org"}).json()["title"] == "Dune"


def test_all_three_fail_at_random_until_they_are_cleared(small: Lab) -> None:
    small.at_random(1, 1, among=["503"])
    key = {"api_key": small.tmdb.api_key}
    asked = [(small.wikidata.url, EVERYTHING), (f"{small.tmdb.url}/configuration", key), (small.open_library.url, {})]
    failed = [httpx.get(address, params=params).status_code for address, params in asked]
    small.clear()

    assert failed == [503, 503, 503]
    assert [httpx.get(address, params=params).status_code for address, params in asked] == [403, 200, 403]


def test_the_command_tells_settings_serves_and_leaves_nothing(tmp_path: Path) -> None:
    first = free_port(in_a_row=3)
    running = Running(
        [*COMMAND, "--port", str(first), "--latency-ms", "30", "--fail-one-in", "1", "--only", "tmdb,openlibrary"],
        log=tmp_path / "lab.log",
        environment={**os.environ, "TMPDIR": str(tmp_path)},
    )
    try:
        told = running.wait_for("OPEN_LIBRARY_BASE_URL=", seconds=120)
        settings = dict(line.removeprefix("export ").split("=", 1) for line in told.splitlines() if "=" in line)
        assert settings["TMDB_BASE_URL"] == f"http://127.0.0.1:{first + 1}/3"
        assert "WIKIDATA_SPARQL_ENDPOINT" not in settings
        assert "It is fed by " in told
        assert "One request in 1 fails" in told
        assert [*tmp_path.glob("adaptapedia-lab-*")]
        running.send(signal.SIGTERM)
        assert running.wait(seconds=30) == 0
    finally:
        running.kill()
    assert "Traceback" not in running.output
    assert not [*tmp_path.glob("adaptapedia-lab-*")]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{first + 1}/3/configuration")


@pytest.mark.parametrize(("option", "word"), [("--only", "imdb"), ("--among", "boredom")])
def test_an_upstream_or_a_fault_that_there_is_not_is_named(option: str, word: str) -> None:
    refused = subprocess.run([*COMMAND, option, word], cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert refused.returncode == 2
    assert f"there is no {word}" in refused.stderr


def test_as_a_process_it_tells_how_it_was_asked_and_takes_faults(request: pytest.FixtureRequest) -> None:
    folder = str(request.config.cache.mkdir("upstreams"))
    with LabProcess("--only", "tmdb", "--folder", folder, "--tmdb-per-second", "0.02") as lab:
        address, key = lab.environment["TMDB_BASE_URL"], {"api_key": lab.environment["TMDB_API_KEY"]}
        lab.faults("tmdb", plan=["503"])
        for _ in range(10):
            httpx.get(f"{address}/configuration", params=key)
        told = lab.summary("tmdb")
        assert lab.universe.exists()
        lab.forget("tmdb")
        assert lab.summary("tmdb")["requests"] == 0

    assert told["requests"] == 10
    assert told["statuses"] == {"503": 1, "429": 9}


def test_wikidata_as_a_process_tells_how_it_was_asked_and_takes_faults(few: Universe) -> None:
    with LabProcess("--only", "wikidata", "--folder", str(few.path.parent)) as lab:
        lab.faults("wikidata", plan=["503"], when=["P144", "429-0"])
        asked = [
            httpx.get(lab.environment["WIKIDATA_SPARQL_ENDPOINT"], params=EVERYTHING, headers=AGENT) for _ in range(3)
        ]
        lab.faults("wikidata", clear=[])
        asked.append(httpx.get(lab.environment["WIKIDATA_SPARQL_ENDPOINT"], params=EVERYTHING, headers=AGENT))
        told = lab.summary("wikidata")
        lab.forget("wikidata")
        assert lab.summary("wikidata")["requests"] == 0

    assert [answer.status_code for answer in asked] == [503, 429, 429, 200]
    assert (told["requests"], told["faults"]) == (4, {"503": 1, "429-0": 2})
    assert told["statuses"] == {"503": 1, "429": 2, "200": 1}


@pytest.mark.parametrize("calls", [{"down": []}, {"plan": ["418"]}, {"every": ["5"]}, {"at_random": [1, 0]}])
def test_faults_that_there_are_not_are_refused_by_all_alike(small: Lab, calls: dict[str, list[object]]) -> None:
    for origin in (small.wikidata.url.removesuffix("/sparql"), small.tmdb.origin, small.open_library.origin):
        assert httpx.post(f"{origin}/_lab/faults", json=calls).status_code == 422
        assert httpx.get(f"{origin}/_lab/nothing").status_code == 404


def test_the_ways_of_failing_may_be_chosen() -> None:
    assert ways("passing") == [*PASSING]
    assert ways("hostile,503") == [*HOSTILE, "503"]
    assert ways("all") == [*PASSING, *HOSTILE]
    assert {*PASSING, *HOSTILE} <= faults.FAULTS.keys() & json_faults.FAULTS.keys()


def test_a_way_that_only_one_of_them_knows_leaves_the_others_alone(small: Lab) -> None:
    small.at_random(1, 1, among=["500-timeout"])

    assert httpx.get(small.wikidata.url, params=EVERYTHING).status_code == 500
    assert httpx.get(f"{small.tmdb.url}/configuration", params={"api_key": small.tmdb.api_key}).status_code == 200


@pytest.mark.extract
def test_the_fixture_serves_the_extract_and_what_it_lacks(lab: Lab) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s <http://www.wikidata.org/prop/direct/P4947> ?id }"
    answer = httpx.get(lab.wikidata.url, params={"query": query}, headers=AGENT, timeout=60)

    assert int(answer.json()["results"]["bindings"][0]["n"]["value"]) == pytest.approx(0.6 * 29_400, rel=0.05)
    assert len(lab.catalogue.titles) > 40_000
