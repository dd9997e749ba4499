"""`ingest revert` shows first, does it with --apply, and says what is wrong in a sentence."""

import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from adaptapedia.catalogue.models import Work
from adaptapedia.sources.wikidata.records import Text
from tests.integration.ingest.test_merging import DUNE, SECOND, merge_all

pytestmark = pytest.mark.django_db


def test_the_command_shows_first_and_does_it_with_apply(capsys: pytest.CaptureFixture[str]) -> None:
    merge_all()
    merge_all(origin=SECOND, work=replace(DUNE, label=Text("Dune [/bold] [red]", "en")))
    call_command("ingest", "revert", "2")
    shown = capsys.readouterr().out
    assert "Taking run 2 back would do this." in shown
    assert "Dune (1965)" in shown
    assert "Say it again with --apply" in shown
    assert Work.objects.get().title == "Dune [/bold] [red]"
    call_command("ingest", "revert", "2", "--apply", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["applied"], told["counts"]["works"]["restored"]) == (True, 1)
    assert Work.objects.get().title == "Dune"


def test_the_command_says_what_is_wrong_in_a_sentence() -> None:
    with pytest.raises(CommandError, match=r"There is no run 4711\."):
        call_command("ingest", "revert", "4711")
    for word in ("-1", "1.5", "abc", "٣", str(2**63)):
        with pytest.raises(CommandError):
            call_command("ingest", "revert", word)


def test_a_run_that_changed_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ingest", "revert", "2")
    assert "has changed nothing" in capsys.readouterr().out


def test_the_starter_catalogue_is_taken_back_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("starter", "load")
    capsys.readouterr()
    call_command("ingest", "revert", "starter")
    assert json.loads(capsys.readouterr().out)["works"] == Work.objects.count() > 0
    call_command("ingest", "revert", "starter", "--apply")
    assert not Work.objects.exists()
