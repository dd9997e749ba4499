"""`ingest file` shows first, then writes; every bad line is told."""

import gzip
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Work
from adaptapedia.ingest.by_hand import told
from adaptapedia.ingest.by_hand.importing import import_file
from tests.integration.ingest.by_hand.pairs import SOLARIS

pytestmark = pytest.mark.django_db


def test_the_command_previews_then_applies_and_the_run_is_on_ops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(SOLARIS))
    call_command("ingest", "file", str(path))
    shown = capsys.readouterr().out
    assert "pairs.jsonl: 1 rows" in shown
    assert "Solaris (1972) Q230494" in shown
    assert "Nothing was changed. Say it again with --apply" in shown
    call_command("ingest", "file", str(path), "--apply", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["counts"]["works"] == {"new": 1, "known": 0, "changed": 0}
    client.force_login(User.objects.create_user("mod", role="moderator"))
    for address in ("/ops/runs/", f"/ops/runs/{told['run']}/", "/ops/"):
        assert client.get(address).status_code == 200
    call_command("jobs", "show", str(told["run"]))
    assert "ingest-file" in capsys.readouterr().out


def test_every_bad_line_is_told_however_many_there_are_and_none_is_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "IN_MEMORY", 10_000)
    number = 3_000
    path = tmp_path / "pairs.jsonl"
    bad = {"screen_title": "Dune", "screen_year": "soon" * 12, "source_title": "Dune", "source_form": "a heap of sand"}
    path.write_text((json.dumps(bad) + "\n") * number)

    tracemalloc.start()
    outcome = import_file(str(path), apply=True, by="ada")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(outcome.faults), outcome.faults.lines, outcome.run_id) == (2 * number, number, None)
    assert {fault.line for fault in outcome.faults} == set(range(1, number + 1))
    assert peak < number * 200, "less than the faults themselves would take"

    with pytest.raises(CommandError):
        call_command("ingest", "file", str(path), "--json")
    shown = json.loads(capsys.readouterr().out)
    assert (shown["bad"], len(shown["faults"]), shown["looks_like"]) == (number, 2 * number, [])
    with pytest.raises(CommandError):
        call_command("ingest", "file", str(path))
    assert capsys.readouterr().out.count("no year") == number


def test_the_command_reads_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    packed = gzip.compress(json.dumps(SOLARIS).encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(packed))))
    call_command("ingest", "file", "-", "--apply")
    assert "standard input: 1 rows" in capsys.readouterr().out
    assert Work.objects.exists()


def test_the_command_ends_with_1_for_bad_rows_and_2_for_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({**SOLARIS, "screen_item": "Q0"}))
    with pytest.raises(CommandError) as bad:
        call_command("ingest", "file", str(path), "--apply")
    assert bad.value.returncode == 1
    assert "no item of Wikidata, such as Q42" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no file") as missing:
        call_command("ingest", "file", str(tmp_path / "none.csv"))
    assert missing.value.returncode == 2
