"""The only reader of the environment: frozen, typed, and says what is wrong and where."""

import getpass
import os
import re
import socket
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import dj_database_url
import dj_email_url
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from adaptapedia.home import Home

EXAMPLES = {
    "DATABASE_URL": "postgres://adaptapedia:password@db.example.org:5432/adaptapedia",
    "REDIS_URL": "redis://:password@valkey.example.org:6379/0",
    "SECRET_KEY": "$(python3 -c 'import secrets; print(secrets.token_urlsafe(50))')",
    "ALLOWED_HOSTS": "adaptapedia.example.org,www.example.org",
    "WIKIDATA_SPARQL_ENDPOINT": "https://query.wikidata.org/sparql,https://qlever.cs.uni-freiburg.de/api/wikidata",
    "TMDB_BASE_URL": "https://api.themoviedb.org/3",
    "TMDB_API_KEY": "0123456789abcdef0123456789abcdef",
    "OPEN_LIBRARY_BASE_URL": "https://openlibrary.org",
    "CONTACT": "you@example.org",
    "EMAIL_URL": "submission://user:password@mail.example.org:587",
    "SENTRY_DSN": "https://key@sentry.example.org/1",
    "METRICS_TOKEN": "k7Jx0Zr2Vw9Tq4Ls8Pn3Hd6",
    "ALERT_EMAIL": "oncall@example.org,you@example.org",
    "ALERT_WEBHOOK": "https://chat.example.org/hooks/your-token",
    "HEARTBEAT_URL": "https://heartbeat.example.org/your-token",
    "DEBUG": "0",
    "PORT": "8000",
    "ADAPTAPEDIA_HOME": "/var/lib/adaptapedia",
    "ADAPTAPEDIA_LAB": "1",
}

PLAIN_FAULTS = {
    "PORT": "must be a whole number from 1 to 65535",
    "DEBUG": "must be 1 or 0",
    "ADAPTAPEDIA_LAB": "must be 1 or 0",
}
"""What is wrong with a value of the wrong type, in plainer words than pydantic's."""

KEYS = {"SECRET_KEY", "TMDB_API_KEY", "METRICS_TOKEN", "SENTRY_DSN", "ALERT_WEBHOOK", "HEARTBEAT_URL"}
"""Settings that are secret as a whole."""
SERVERS = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL"}
UPSTREAMS = {"WIKIDATA_SPARQL_ENDPOINT", "TMDB_BASE_URL", "OPEN_LIBRARY_BASE_URL"}
SECRETS = KEYS | SERVERS | UPSTREAMS
"""Settings that are secret or may hold a password. No error shows one: in an address that is malformed nobody can say
what is the password."""

PATIENCE_WITH_POSTGRES = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A connection whose other end has vanished without a word is given up within a minute, not after the two hours that
systems wait (libpq; not for Unix sockets). A server that is only slow still answers for its end of the connection."""
CONNECTION_KEPT_FOR = 600
"""Seconds a thread keeps its connection to PostgreSQL; a new one a request costs several times the page's queries.
Before each request it is asked whether it still lives, so a restarted server is never noticed by readers."""

REDIS_DATABASES = {"broker": 0, "results": 1, "cache": 2}


class ConfigError(Exception):
    """One or more settings are missing or malformed; the text has one sentence for each."""


class Config(BaseSettings):
    """Everything the environment may say. An empty variable counts as unset."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    database_url: str | None = None
    redis_url: str | None = None
    secret_key: str | None = None
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    wikidata_sparql_endpoint: Annotated[tuple[str, ...], NoDecode] = (
        "https://query.wikidata.org/sparql",
        "https://qlever.cs.uni-freiburg.de/api/wikidata",
    )
    tmdb_base_url: str = "https://api.themoviedb.org/3"
    tmdb_api_key: str | None = None
    open_library_base_url: str = "https://openlibrary.org"
    contact: str = Field(default_factory=lambda: f"{_person()}@{_plain(socket.gethostname()) or 'localhost'}")
    email_url: str = "console:"
    sentry_dsn: str | None = None
    metrics_token: str | None = None
    alert_email: Annotated[tuple[str, ...], NoDecode] = ()
    alert_webhook: str | None = None
    heartbeat_url: str | None = None
    debug: bool = False
    port: int = Field(default=8000, ge=1, le=65535)
    adaptapedia_home: Path | None = None
    adaptapedia_lab: bool = False

    @classmethod
    def load(cls) -> Self:
        """The configuration the environment describes.

        Raises ConfigError with a sentence for each fault: the variable, what is wrong, an example.
        """
        try:
            return cls()
        except ValidationError as error:
            raise ConfigError("\n".join(map(_sentence, error.errors()))) from None

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        """No secret is among them: whatever prints what it holds, as Django's page for an error does, prints none."""
        return [(name, value) for name, value in super().__repr_args__() if str(name).upper() not in SECRETS]

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        hosts = tuple(host.strip() for host in value.split(",") if host.strip())
        if any("/" in host or " " in host for host in hosts):
            raise ValueError("takes host names separated by commas, without scheme or path")
        return hosts

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                parsed = dj_database_url.parse(value)
            except (ValueError, dj_database_url.UnknownSchemeError):
                raise ValueError("is not a database address") from None
            if parsed["ENGINE"] != "django.db.backends.postgresql":
                raise ValueError("must be a PostgreSQL address, beginning with postgres://")
            if not parsed["NAME"]:
                raise ValueError("names no database after the host")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_only(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                parts = urlsplit(value)
                parts.port  # noqa: B018 - reading it validates it
            except ValueError:
                raise ValueError("is not an address") from None
            if parts.scheme not in {"redis", "rediss", "unix"}:
                raise ValueError("must begin with redis://, rediss:// or unix://")
            if parts.scheme == "unix" and not parts.path:
                raise ValueError("names no socket")
            if parts.scheme != "unix" and not parts.path.strip("/").isdigit() and parts.path.strip("/"):
                raise ValueError("must end in a database number, as in /0")
            if not dict(parse_qsl(parts.query)).get("db", "0").isdigit():
                raise ValueError("must give its database as a number, as in ?db=0")
            if parts.scheme != "unix" and not parts.hostname:
                raise ValueError("names no host")
        return value

    @field_validator("wikidata_sparql_endpoint", mode="before")
    @classmethod
    def _split_endpoints(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        endpoints = tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        if not endpoints or not all(map(_is_http_address, endpoints)):
            raise ValueError("must be an http:// or https:// address, or several separated by commas")
        return tuple(dict.fromkeys(endpoints))

    @field_validator("alert_email", mode="before")
    @classmethod
    def _split_addresses(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        addresses = tuple(part.strip() for part in value.split(",") if part.strip())
        if not addresses or not all(map(_is_email_address, addresses)):
            raise ValueError("must be an e-mail address, or several separated by commas")
        return addresses

    @field_validator("alert_webhook", "heartbeat_url")
    @classmethod
    def _address_to_call(cls, value: str | None) -> str | None:
        if value is not None and not _is_http_address(value):
            raise ValueError("must be an http:// or https:// address")
        return value

    @field_validator("tmdb_base_url", "open_library_base_url", "sentry_dsn")
    @classmethod
    def _http_address(cls, value: str | None) -> str | None:
        if value is not None and not _is_http_address(value):
            raise ValueError("must be an http:// or https:// address")
        return value.rstrip("/") if value else value

    @field_validator("metrics_token")
    @classmethod
    def _token_is_hard_to_guess(cls, value: str | None) -> str | None:
        if value is not None and not (
            len(value) >= 20 and value.isascii() and value.isprintable() and " " not in value
        ):
            raise ValueError("takes at least 20 printable ASCII characters, without spaces")
        return value

    @field_validator("tmdb_api_key")
    @classmethod
    def _key_without_spaces(cls, value: str | None) -> str | None:
        if value is not None and not (value.isascii() and value.isprintable() and " " not in value):
            raise ValueError("takes the key alone, without spaces or quotes around it")
        return value

    @field_validator("contact")
    @classmethod
    def _contact_fits_a_header(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable():
            raise ValueError("goes into a User-Agent and takes printable ASCII only: an e-mail address or a URL")
        return value

    @field_validator("email_url")
    @classmethod
    def _email_address(cls, value: str) -> str:
        try:
            known = bool(dj_email_url.parse(value).get("EMAIL_BACKEND"))
        except (ValueError, KeyError):
            known = False
        if not known:
            raise ValueError("is not the address of a mail server")
        return value

    @field_validator("adaptapedia_home")
    @classmethod
    def _absolute_home(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_absolute():
            raise ValueError("must be an absolute path")
        return value

    @model_validator(mode="after")
    def _own_secret_outside_the_embedded_default(self) -> Self:
        if self.secret_key is None:
            if not self.embedded:
                raise ValueError("SECRET_KEY is missing: with a DATABASE_URL or REDIS_URL of your own it must be set")
        elif weakness := _weakness(self.secret_key):
            raise ValueError(f"SECRET_KEY {weakness}")
        if not self.embedded and not self.allowed_hosts:
            raise ValueError("ALLOWED_HOSTS is missing: with a DATABASE_URL or REDIS_URL of your own it must be set")
        return self

    @property
    def embedded(self) -> bool:
        """Whether both servers are ours, on this machine, so that defaults are safe."""
        return self.database_url is None and self.redis_url is None

    @cached_property
    def home(self) -> Home:
        """Where the embedded default keeps data and sockets; with the lab, apart from what is real."""
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 - made 0700 and checked when used
        return Home.find(self.adaptapedia_home, runtime=runtime, lab=self.adaptapedia_lab)

    @property
    def sender(self) -> str:
        """Whom e-mails come from, unless EMAIL_URL says: CONTACT where it is an address, else nobody's at our host."""
        if "contact" in self.model_fields_set and _is_email_address(self.contact):
            return f"Adaptapedia <{self.contact}>"
        host = next((host.lstrip(".") for host in self.allowed_hosts if host != "*"), "localhost")
        return f"Adaptapedia <nobody@{host}>"

    @property
    def site_address(self) -> str:
        """Where readers reach us: the first whole name of ALLOWED_HOSTS, behind TLS. Empty where it is not known."""
        named = next((host for host in self.allowed_hosts if not host.startswith(("*", "."))), None)
        return f"https://{named}" if named and not self.embedded else ""

    @property
    def database_address(self) -> str:
        """DATABASE_URL, or the socket of the embedded PostgreSQL."""
        return self.database_url or f"postgres://adaptapedia@{quote(str(self.home.run), safe='')}/adaptapedia"

    @property
    def redis_address(self) -> str:
        """REDIS_URL, or the socket of the embedded Valkey."""
        return self.redis_url or f"unix://{self.home.run}/valkey.sock"

    @property
    def database(self) -> dict[str, Any]:
        """Django's settings of the one database."""
        address, kept_for = self.database_address, CONNECTION_KEPT_FOR
        parsed: dict[str, Any] = {**dj_database_url.parse(address, conn_max_age=kept_for, conn_health_checks=True)}
        parsed["OPTIONS"] = PATIENCE_WITH_POSTGRES | parsed.get("OPTIONS", {})
        return parsed

    def redis(self, role: str) -> str:
        """The address of the database of one role: broker, results or cache.

        Each has its own number, counted on from the address's own (its option `db`, else its path, as
        redis-py reads it), because clearing Django's cache empties the whole database that it is in.
        """
        parts = urlsplit(self.redis_address)
        options = dict(parse_qsl(parts.query))
        in_path = "" if parts.scheme == "unix" else parts.path.strip("/")
        number = int(options.pop("db", "") or in_path or 0) + REDIS_DATABASES[role]
        if parts.scheme == "unix":
            return f"unix://{parts.netloc}{parts.path}?{urlencode({'db': number} | options)}"
        return urlunsplit(parts._replace(path=f"/{number}", query=urlencode(options)))

    def celery_redis(self, role: str) -> str:
        """The same address in the spelling of Celery.

        It has a scheme of its own for sockets, and wants to be told what redis-py does anyway: to check certificates.
        """
        parts = urlsplit(self.redis(role))
        options = dict(parse_qsl(parts.query))
        if parts.scheme == "unix":
            options = {"virtual_host": options.pop("db")} | options
            return f"redis+socket://{parts.netloc}{parts.path}?{urlencode(options)}"
        if parts.scheme == "rediss":
            options = {"ssl_cert_reqs": "required"} | options
        return urlunsplit(parts._replace(query=urlencode(options)))

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to an upstream; without a contact Wikidata answers 403."""
        from adaptapedia import __version__

        return f"Adaptapedia/{__version__} ({self.contact}) httpx"

    def settled_secret_key(self) -> str:
        """SECRET_KEY, or in the embedded default one made once and kept (0600).

        Raises ConfigError when the folder cannot be written.
        """
        try:
            return self.secret_key or self.home.secret_key()
        except OSError as error:
            raise ConfigError(
                f"ADAPTAPEDIA_HOME: the folder {self.home.data} cannot be written ({error.strerror}). "
                f"Set it to a folder of yours, for example ADAPTAPEDIA_HOME={EXAMPLES['ADAPTAPEDIA_HOME']}"
            ) from None


def _is_http_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_email_address(value: str) -> bool:
    return re.fullmatch(r"[^@\s:/<>]+@[^@\s:/<>]+", value) is not None


def _weakness(key: str) -> str | None:
    """Why a secret key can be guessed, or None. The bounds are those of Django's own check W009."""
    if len(key) < 50:
        return f"is guessable: it has {len(key)} characters and needs 50"
    if len(set(key)) < 5:
        return "is guessable: it has fewer than 5 different characters"
    if key.startswith("django-insecure-") or "changeme" in key.lower():
        return "is guessable: it is a placeholder"
    return None


def _sentence(error: Any) -> str:
    if error["type"] == "value_error" and not error["loc"]:
        text = str(error["ctx"]["error"])
        name = text.split()[0]
        return f"{text}. Example: {name}={EXAMPLES[name]}"
    name = str(error["loc"][0]).upper()
    fault = str(error["ctx"]["error"]) if error["type"] == "value_error" else PLAIN_FAULTS[name]
    shown = "" if name in SECRETS else f" (it is {str(error['input'])!r})"
    return f"{name} {fault}{shown}. Example: {name}={EXAMPLES[name]}"


def _person() -> str:
    """The name of whoever runs this, in ASCII, or their number; in a container it may have no name."""
    try:
        return _plain(getpass.getuser()) or str(os.geteuid())
    except (KeyError, OSError):
        return str(os.geteuid())


def _plain(name: str) -> str:
    """What printable ASCII can say of a name; empty when that is nothing."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if letter.isascii() and letter.isprintable())
