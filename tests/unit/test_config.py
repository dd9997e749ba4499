"""What the environment may say, and the sentence for each thing that it may not."""

import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from celery import Celery
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adaptapedia.config import EXAMPLES, Config, ConfigError

KEY = "k8Jd0s-Pq2Lz7vXwYtR4nBmC6hGfA1eU9iOoSaDbTcVxZyWuQj"
DATABASE = "postgres://books:hidden@db.example.org/books"
OWN = {"DATABASE_URL": DATABASE, "SECRET_KEY": KEY, "ALLOWED_HOSTS": "books.example.org"}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in EXAMPLES:
        monkeypatch.delenv(name, raising=False)


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Config:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Config.load()


MALFORMED = {
    "DATABASE_URL": [
        ("books", "is not a database address. Example"),
        ("mysql://u:hidden@h/db", "must be a PostgreSQL address, beginning with postgres://. Example"),
        ("postgres://u:hidden@h", "names no database after the host. Example"),
        ("postgres://u:hidden@h:port/db", "is not a database address. Example"),
        ("u:hidden@h/db", "is not a database address. Example"),
        ("mysql://h/db?password=hidden", "must be a PostgreSQL address"),
        ("postgres://u:hidden/db", "is not a database address. Example"),
        ("host=db password=hidden", "is not a database address. Example"),
    ],
    "REDIS_URL": [
        ("http://:hidden@h", "must begin with redis://, rediss:// or unix://. Example"),
        ("redis://:hidden@h/books", "must end in a database number, as in /0. Example"),
        ("redis://:hidden@h:port/0", "is not an address. Example"),
        ("redis:///0", "names no host"),
        ("unix://", "names no socket"),
        ("unix:///x.sock?db=books", "must give its database as a number, as in ?db=0. Example"),
    ],
    "ALLOWED_HOSTS": [("https://books.example.org/", "takes host names separated by commas, without scheme or path")],
    "WIKIDATA_SPARQL_ENDPOINT": [
        ("query.wikidata.org", "must be an http:// or https:// address, or several separated by commas"),
        ("https://query.wikidata.org/sparql,qlever", "must be an http:// or https:// address, or several"),
        (" , ", "must be an http:// or https:// address, or several"),
        ("ftp://u:hidden@h,https://h", "must be an http:// or https:// address, or several"),
    ],
    "TMDB_BASE_URL": [("ftp://api.themoviedb.org", "must be an http:// or https:// address")],
    "METRICS_TOKEN": [("short", "takes at least 20 printable ASCII characters, without spaces. Example")],
    "ALERT_EMAIL": [
        ("oncall", "must be an e-mail address, or several separated by commas (it is 'oncall')"),
        ("a@example.org,b", "must be an e-mail address, or several separated by commas"),
        (" , ", "must be an e-mail address, or several separated by commas"),
    ],
    "ALERT_WEBHOOK": [("ftp://chat.example.org/hidden", "must be an http:// or https:// address. Example")],
    "HEARTBEAT_URL": [("heartbeat.example.org/hidden", "must be an http:// or https:// address. Example")],
    "TMDB_API_KEY": [("'hidden' ", "takes the key alone, without spaces or quotes around it. Example")],
    "OPEN_LIBRARY_BASE_URL": [("https://", "must be an http:// or https:// address")],
    "CONTACT": [
        ("bücher@example.org", "goes into a User-Agent and takes printable ASCII only"),
        ("a\nb", "goes into a User-Agent and takes printable ASCII only"),
    ],
    "EMAIL_URL": [
        ("mail.example.org", "is not the address of a mail server"),
        ("bogus://u:hidden@mail.example.org", "is not the address of a mail server. Example"),
    ],
    "SENTRY_DSN": [("sentry", "must be an http:// or https:// address")],
    "DEBUG": [("perhaps", "must be 1 or 0 (it is 'perhaps')")],
    "PORT": [
        ("web", "must be a whole number from 1 to 65535 (it is 'web')"),
        ("0", "must be a whole number from 1 to 65535 (it is '0')"),
        ("65536", "must be a whole number from 1 to 65535 (it is '65536')"),
    ],
    "ADAPTAPEDIA_HOME": [("data", "must be an absolute path (it is 'data')")],
    "ADAPTAPEDIA_LAB": [("perhaps", "must be 1 or 0 (it is 'perhaps')")],
}


@pytest.mark.parametrize(
    ("name", "value", "fault"), [(name, *case) for name, cases in MALFORMED.items() for case in cases]
)
def test_a_malformed_setting_is_a_sentence_with_name_fault_and_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, fault: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(monkeypatch, **{name: value})
    sentence = str(caught.value)
    assert sentence.startswith(f"{name} {fault}")
    assert sentence.endswith(f"Example: {name}={EXAMPLES[name]}")
    assert "hidden" not in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - {"SECRET_KEY"}))
def test_the_example_of_a_setting_is_one_that_is_taken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    own_servers = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "books.example.org"}
    load(monkeypatch, **{**own_servers, name: EXAMPLES[name]})


def test_every_setting_but_the_secret_key_has_a_malformed_case() -> None:
    assert set(MALFORMED) | {"SECRET_KEY"} == set(EXAMPLES) == {name.upper() for name in Config.model_fields}


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("short", "it has 5 characters and needs 50"),
        ("ab" * 40, "it has fewer than 5 different characters"),
        (f"django-insecure-{KEY}", "it is a placeholder"),
        (f"changeme-{KEY}", "it is a placeholder"),
    ],
)
def test_a_guessable_secret_key_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, key: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(monkeypatch, **{**OWN, "SECRET_KEY": key})
    assert str(caught.value).startswith(f"SECRET_KEY is guessable: {why}. Example: SECRET_KEY=")
    assert key not in str(caught.value)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
@pytest.mark.parametrize("own", [{"DATABASE_URL": DATABASE}, {"REDIS_URL": "redis://:hidden@valkey.example.org"}])
def test_with_a_server_of_ones_own_a_missing_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str, own: dict[str, str]
) -> None:
    rest = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "books.example.org"}
    rest.pop(missing)
    with pytest.raises(ConfigError, match=f"^{missing} is missing: .* Example: {missing}=") as caught:
        load(monkeypatch, **own, **rest)
    assert "hidden" not in str(caught.value)


def test_every_fault_has_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError) as caught:
        load(monkeypatch, PORT="x", DEBUG="perhaps", CONTACT="ü")
    assert [line.split()[0] for line in str(caught.value).splitlines()] == ["CONTACT", "DEBUG", "PORT"]


def test_the_command_prints_the_sentence_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "adaptapedia", "check"],
        env={**os.environ, "PORT": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        1,
        "PORT must be a whole number from 1 to 65535 (it is 'x'). Example: PORT=8000\n",
    )


def test_nothing_set_means_the_embedded_default(monkeypatch: pytest.MonkeyPatch) -> None:
    config = load(monkeypatch, PORT="", DATABASE_URL="")
    assert config.embedded
    assert config.port == 8000
    assert config.database["HOST"] == str(config.home.run)
    assert config.redis_address == f"unix://{config.home.run}/valkey.sock"


@pytest.mark.parametrize("own", [{"DATABASE_URL": DATABASE}, {"REDIS_URL": "redis://valkey.example.org"}])
def test_with_one_server_of_ones_own_the_other_is_still_embedded(
    monkeypatch: pytest.MonkeyPatch, own: dict[str, str]
) -> None:
    config = load(monkeypatch, SECRET_KEY=KEY, ALLOWED_HOSTS="a.org, b.org", **own)
    assert not config.embedded
    assert config.allowed_hosts == ("a.org", "b.org")
    embedded = config.redis_address if "DATABASE_URL" in own else config.database["HOST"]
    assert str(config.home.run) in embedded


def test_a_database_that_vanishes_is_noticed_within_a_minute_unless_its_address_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = load(monkeypatch, **OWN).database["OPTIONS"]
    assert given["keepalives_idle"] + given["keepalives_count"] * given["keepalives_interval"] <= 60
    assert 0 < given["tcp_user_timeout"] <= 60_000
    assert conninfo_to_dict(make_conninfo(**given)), "libpq knows all of them"

    own = load(monkeypatch, **{**OWN, "DATABASE_URL": f"{DATABASE}?tcp_user_timeout=5000"}).database["OPTIONS"]
    assert own == {**given, "tcp_user_timeout": 5000}


def test_broker_results_and_cache_have_databases_of_their_own_after_the_one_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = load(monkeypatch, **OWN, REDIS_URL="rediss://:p%40ss@valkey.example.org:6380/4")
    assert [config.redis(role) for role in ("broker", "results", "cache")] == [
        f"rediss://:p%40ss@valkey.example.org:6380/{number}" for number in (4, 5, 6)
    ]
    assert config.celery_redis("results") == f"{config.redis('results')}?ssl_cert_reqs=required"


@pytest.mark.parametrize(
    ("asked", "held"), [("", ssl.CERT_REQUIRED), ("?ssl_cert_reqs=required&ssl_ca_certs=/ca.pem", ssl.CERT_REQUIRED)]
)
def test_celery_and_redis_py_take_an_address_with_tls(
    monkeypatch: pytest.MonkeyPatch, asked: str, held: ssl.VerifyMode
) -> None:
    config = load(monkeypatch, **OWN, REDIS_URL=f"rediss://valkey.example.org{asked}")
    results = Celery(backend=config.celery_redis("results"), set_as_current=False).backend.connparams
    broker = Celery(broker=config.celery_redis("broker"), set_as_current=False).connection_for_write().ssl or {}
    pool = redis.ConnectionPool.from_url(config.redis("cache"))
    cache = pool.connection_kwargs
    assert (results["ssl_cert_reqs"], broker["ssl_cert_reqs"]) == (held, held)
    assert pool.connection_class is redis.SSLConnection
    authorities = "/ca.pem" if "ssl_ca_certs" in asked else None
    assert {told.get("ssl_ca_certs") for told in (results, broker, cache)} == {authorities}


@pytest.mark.parametrize("address", ["unix:///run/valkey.sock?db=5", "redis://valkey.example.org/1?db=5"])
def test_a_database_named_in_the_options_is_counted_on_from_and_other_options_stay(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    config = load(monkeypatch, **OWN, REDIS_URL=f"{address}&socket_timeout=3")
    numbers = {}
    for role in ("broker", "results", "cache"):
        told = redis.ConnectionPool.from_url(config.redis(role)).connection_kwargs
        assert told["socket_timeout"] == 3
        numbers[role] = told["db"]
    assert numbers == {"broker": 5, "results": 6, "cache": 7}
    assert Celery(backend=config.celery_redis("results"), set_as_current=False).backend.connparams["db"] == 6
    assert "socket_timeout=3" in config.celery_redis("broker")


@pytest.mark.parametrize(
    ("name", "host", "contact"),
    [("zoë", "bücher", "zoe@bucher"), ("иван", "книги", f"{os.geteuid()}@localhost"), ("a\nb", "host", "ab@host")],
)
def test_the_default_contact_is_ascii_whatever_the_login_name(
    monkeypatch: pytest.MonkeyPatch, name: str, host: str, contact: str
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: name)
    monkeypatch.setattr("socket.gethostname", lambda: host)
    assert load(monkeypatch).contact == contact


@pytest.mark.parametrize(
    ("hosts", "address"),
    [
        ("adaptapedia.example.org,www.example.org", "https://adaptapedia.example.org"),
        ("*,.example.org,www.example.org", "https://www.example.org"),
        ("*,.example.org", ""),
    ],
)
def test_the_site_is_the_first_whole_name(monkeypatch: pytest.MonkeyPatch, hosts: str, address: str) -> None:
    assert load(monkeypatch, ALLOWED_HOSTS=hosts).site_address == ""
    assert load(monkeypatch, **{**OWN, "ALLOWED_HOSTS": hosts}).site_address == address


def test_loopback_names_are_admitted_beside_allowed_hosts() -> None:
    told = "from adaptapedia.settings import ALLOWED_HOSTS; print(*ALLOWED_HOSTS)"
    done = subprocess.run(
        [sys.executable, "-c", told], env={**os.environ, **OWN}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["books.example.org", "localhost", "127.0.0.1", "[::1]"]


def test_a_socket_is_spelt_as_each_reader_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    config = load(monkeypatch, **OWN, REDIS_URL="unix:///run/valkey.sock")
    assert config.redis("cache") == "unix:///run/valkey.sock?db=2"
    assert config.celery_redis("results") == "redis+socket:///run/valkey.sock?virtual_host=1"


def test_a_home_that_cannot_be_written_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError) as caught:
        load(monkeypatch, ADAPTAPEDIA_HOME=f"{tmp_path}/file/home").settled_secret_key()
    assert str(caught.value).startswith(
        f"ADAPTAPEDIA_HOME: the folder {tmp_path}/file/home cannot be written (Not a dir"
    )
    assert "ADAPTAPEDIA_HOME=/" in str(caught.value)


def test_two_homes_never_share_a_socket_and_its_path_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (deep := tmp_path / ("deep" * 30)).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    one, other = (load(monkeypatch, ADAPTAPEDIA_HOME=f"{tmp_path}/{name}").home for name in ("one", "other"))
    assert one.run != other.run
    assert len(str(one.run / ".s.PGSQL.5432")) < 108


@pytest.mark.parametrize(
    ("environment", "sender"),
    [
        ({}, "Adaptapedia <nobody@localhost>"),
        ({"CONTACT": "ada@example.org"}, "Adaptapedia <ada@example.org>"),
        (
            {"CONTACT": "https://example.org/about", "ALLOWED_HOSTS": "*,.books.example.org"},
            "Adaptapedia <nobody@books.example.org>",
        ),
    ],
)
def test_e_mails_come_from_the_contact_or_from_nobody_at_our_host(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], sender: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Config.load().sender == sender


def test_the_example_of_every_setting_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in EXAMPLES.items():
        monkeypatch.setenv(name, value if "$" not in value else "k3" + "abcdefghij" * 5)
    Config.load()


def test_wikidata_may_be_read_at_several_endpoints_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch).wikidata_sparql_endpoint[0] == "https://query.wikidata.org/sparql"
    given = "https://a.example.org/sparql/, https://b.example.org ,https://b.example.org"
    several = load(monkeypatch, WIKIDATA_SPARQL_ENDPOINT=given).wikidata_sparql_endpoint
    assert several == ("https://a.example.org/sparql", "https://b.example.org")
