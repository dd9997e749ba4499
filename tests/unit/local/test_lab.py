"""`ADAPTAPEDIA_LAB=1 make up`: which program that is, what it needs, and where its data go."""

from pathlib import Path

import pytest

from adaptapedia.config import Config
from adaptapedia.home import CHECKOUT, Home
from adaptapedia.local.errors import LocalError
from adaptapedia.local.lab import FIRST_PORT, lab_of
from adaptapedia.local.programs import SERVERS, programs_of


def config(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Config:
    for name in ("DATABASE_URL", "REDIS_URL", "ADAPTAPEDIA_HOME", "ADAPTAPEDIA_LAB"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Config.load()


def test_without_the_setting_there_is_no_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lab_of(config(monkeypatch), is_free=lambda _port: True) is None


def test_it_takes_the_first_three_free_ports_in_a_row_and_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {FIRST_PORT + 1}
    lab = lab_of(config(monkeypatch, ADAPTAPEDIA_LAB="1"), is_free=lambda port: port not in taken)

    assert lab is not None
    assert lab.settings == {
        "WIKIDATA_SPARQL_ENDPOINT": f"http://127.0.0.1:{FIRST_PORT + 3}/sparql",
        "TMDB_BASE_URL": f"http://127.0.0.1:{FIRST_PORT + 4}/3",
        "TMDB_API_KEY": lab.key,
        "OPEN_LIBRARY_BASE_URL": f"http://127.0.0.1:{FIRST_PORT + 5}",
    }
    (program,) = programs_of({}, port=8000, lab=lab)[:1]
    assert (program.name, program.group, program.folder) == ("lab", SERVERS, CHECKOUT)
    assert program.command[1:3] == ["-m", "tests.upstreams"]


def test_its_data_stay_apart_from_what_is_real(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real, lab = config(monkeypatch), config(monkeypatch, ADAPTAPEDIA_LAB="1")

    assert real.home.data != lab.home.data
    assert real.home.run != lab.home.run
    assert Home.find(tmp_path, runtime=tmp_path, lab=True) == Home.find(tmp_path, runtime=tmp_path)


def test_where_there_is_no_checkout_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="ADAPTAPEDIA_LAB: the lab is part of a checkout"):
        lab_of(config(monkeypatch, ADAPTAPEDIA_LAB="1"), is_free=lambda _port: True, checkout=tmp_path)


def test_a_database_of_ones_own_is_not_filled_with_inventions(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {
        "DATABASE_URL": "postgres://a@db.example.org/b",
        "SECRET_KEY": "k3" + "abcdefghij" * 5,
        "ALLOWED_HOSTS": "a.org",
    }
    with pytest.raises(LocalError, match="ADAPTAPEDIA_LAB: what the lab says is partly invented"):
        lab_of(config(monkeypatch, ADAPTAPEDIA_LAB="1", **own), is_free=lambda _port: True)


def test_where_no_ports_are_free_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LocalError, match="no three ports in a row are free"):
        lab_of(config(monkeypatch, ADAPTAPEDIA_LAB="1"), is_free=lambda _port: False)
