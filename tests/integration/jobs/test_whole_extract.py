"""The main job on the real extract, as an operator runs it: worker, command line, PostgreSQL 18 and 15."""

import json
import os
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.processes import Processes
from tests.recount import Recount, recount
from tests.upstreams.oxigraph import OxigraphServer

WITHIN = 0.01
NO_NAME = {"both_without_name", "screen_without_name", "source_without_name"}


@dataclass(frozen=True)
class Installation:
    """A catalogue of its own, with a worker, before the extract."""

    processes: Processes
    url: str

    def run(self, *command: str) -> dict[str, Any]:
        """What `adaptapedia COMMAND --json` prints; it must succeed."""
        process = self.processes.start(sys.executable, "-m", "adaptapedia", *command)
        code = process.wait(seconds=240)
        assert code == 0, process.output
        return json.loads(process.output) if "--json" in command else {}

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]

    def row_versions(self) -> dict[str, list[tuple[Any, ...]]]:
        """Of every row of the catalogue: where it lies and which transaction wrote it; not when it was last read."""
        tables = self.ask(
            "SELECT tablename FROM pg_tables"
            " WHERE tablename LIKE 'catalogue\\_%' AND tablename <> 'catalogue_lastreading'"
        )
        return {table: self.ask(f"SELECT ctid::text, xmin::text FROM {table} ORDER BY 1, 2") for (table,) in tables}


@pytest.fixture(scope="module")
def truth(extract: Path) -> Recount:
    return recount(extract)


@pytest.fixture(params=[18, 15], ids=["postgresql-18", "postgresql-15"])
def installation(
    request: pytest.FixtureRequest, extract_server: OxigraphServer, tmp_path: Path
) -> Iterator[Installation]:
    from adaptapedia.local.postgres import Postgres
    from adaptapedia.local.valkey import Valkey

    if request.param == 15:
        request.getfixturevalue("postgresql_15")
    with ExitStack() as held:
        home = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="adaptapedia-extract-")))
        home.chmod(0o711)
        run = Path("/run" if os.geteuid() == 0 else "/tmp") / f"adaptapedia-extract-{os.getpid()}-{request.param}"
        postgres = held.enter_context(
            Postgres(home / "postgres", run, major=request.param, settings={"fsync": "off"}).running()
        )
        valkey = held.enter_context(Valkey(home / "valkey", run).running())
        environment = {
            **os.environ,
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "localhost",
            "WIKIDATA_SPARQL_ENDPOINT": extract_server.url,
            "DJANGO_SETTINGS_MODULE": "tests.ingestion_settings",
        }
        processes = Processes(environment=environment, logs=tmp_path)
        held.callback(processes.close)
        installed = Installation(processes, postgres.url)
        installed.run("migrate", "--verbosity", "0")
        installed.run("setup_periodic_tasks")
        processes.start_worker("long")
        yield installed


@pytest.mark.timeout(600)
def test_the_whole_extract_becomes_the_catalogue_and_a_second_run_writes_nothing(
    installation: Installation, truth: Recount
) -> None:
    first = installation.run("jobs", "run", "daily-wikidata-ingestion", "--wait", "--json")
    due = Counter(truth.verdict(*pair) for pair in truth.pairs)
    assert (due["work"], due["remake"], sum(due[reason] for reason in NO_NAME)) == (2_442, 84, 5_211)

    stands = dict(installation.ask("SELECT relation, count(*) FROM catalogue_adaptation GROUP BY relation"))
    assert stands["based_on"] == pytest.approx(due["work"], rel=WITHIN)
    assert stands["remake_of"] == pytest.approx(due["remake"], rel=WITHIN)
    assert first["counts"]["adaptations"]["created"] == sum(stands.values())

    every_pair_is_somewhere(installation, truth)
    no_title_is_a_bare_qid(installation)
    series_are_series(installation, truth)

    before = installation.row_versions()
    second = installation.run("jobs", "run", "daily-wikidata-ingestion", "--wait", "--json")
    assert second["counts"]["adaptations"] == {
        "created": 0, "updated": 0, "unchanged": sum(stands.values()), "missing": 0, "retired": 0, "restored": 0
    }  # fmt: skip
    assert second["counts"]["rejected"] == first["counts"]["rejected"]
    assert installation.row_versions() == before


def every_pair_is_somewhere(installation: Installation, truth: Recount) -> None:
    """In the catalogue or among the rejects, never both, and there for the reason that the file gives."""
    taken = installation.ask(
        "SELECT screen.wikidata_id, coalesce(work.wikidata_id, original.wikidata_id), adaptation.relation "
        "FROM catalogue_adaptation AS adaptation "
        "JOIN catalogue_screenwork AS screen ON screen.id = adaptation.screen_work_id "
        "LEFT JOIN catalogue_work AS work ON work.id = adaptation.work_id "
        "LEFT JOIN catalogue_screenwork AS original ON original.id = adaptation.original_id"
    )
    rejected = installation.ask("SELECT key, reason FROM ingest_reject WHERE key LIKE '%>%'")
    verdicts = {(screen, source): {"based_on": "work", "remake_of": "remake"}[rel] for screen, source, rel in taken}
    for key, reason in rejected:
        screen, source = (int(qid[1:]) for qid in key.split(">"))
        assert (screen, source) not in verdicts
        verdicts[screen, source] = reason
    assert verdicts.keys() == truth.pairs
    for (screen, source), verdict in verdicts.items():
        if verdict == "source_absent":
            assert source not in truth.subjects, "an item of which nothing at all is known"
        else:
            assert verdict == truth.verdict(screen, source)


def no_title_is_a_bare_qid(installation: Installation) -> None:
    for table, title in (("work", "title"), ("screenwork", "title"), ("person", "name")):
        assert installation.ask(f"SELECT {title} FROM catalogue_{table} WHERE {title} ~ '^\\s*Q[0-9]+\\s*$'") == []


def series_are_series(installation: Installation, truth: Recount) -> None:
    television_series = 5398426
    kinds = installation.ask("SELECT wikidata_id, kind FROM catalogue_screenwork")
    of_the_file = {qid for qid, _ in kinds if truth.is_under(qid, {television_series})}
    assert of_the_file
    assert {qid for qid, kind in kinds if kind in {"series", "miniseries"}} == of_the_file
