"""An environment with a secret in every setting that may hold one, and where any of them is shown."""

from base64 import b64encode
from html import escape
from urllib.parse import quote, urlsplit

from tests.processes import environment_of_tests

PASSWORD = "pa55word+of/the=proxy's"
KEY = "k3y-that-0pens/all+of=it"
"""Of everything that is opened by a key, a token or a whole address."""
SENTRY_KEY = "53ntrykey0f1nstallation"
NOWHERE = "http://127.0.0.1:9/sparql"


def environment_of_secrets() -> dict[str, str]:
    """That of the tests, with its servers, and upstreams that are nowhere. The Valkey, on a socket, has no password."""
    environment = environment_of_tests()
    return {
        **environment,
        "DATABASE_URL": with_password(environment["DATABASE_URL"], name="adaptapedia"),
        "TMDB_API_KEY": KEY,
        "TMDB_BASE_URL": with_password("https://tmdb.example.org/3"),
        "OPEN_LIBRARY_BASE_URL": with_password("https://openlibrary.example.org"),
        "WIKIDATA_SPARQL_ENDPOINT": with_password(f"{NOWHERE}?key={quote(KEY, safe='')}"),
        "EMAIL_URL": with_password("submission://mail.example.org:587/?timeout=3"),
        "METRICS_TOKEN": KEY,
        "ALERT_WEBHOOK": f"https://chat.example.org/hooks/{KEY}",
        "HEARTBEAT_URL": f"https://heartbeat.example.org/{KEY}",
    }


def with_password(address: str, *, name: str = "reader") -> str:
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{name}:{quote(PASSWORD, safe='')}@{host}").geturl()


def found(shown: dict[str, str], *secrets: str) -> list[tuple[str, str]]:
    """In which of the texts a secret is, these or those of the environment, and how it is spelt there."""
    spelt = {one for secret in (PASSWORD, KEY, SENTRY_KEY, *secrets) for one in _spellings(secret)}
    return [(place, one) for place, text in shown.items() for one in spelt if one in text]


def _spellings(secret: str) -> set[str]:
    basic = b64encode(f"reader:{secret}".encode()).decode()
    plain = {secret, quote(secret), quote(secret, safe=""), basic, secret[:16], secret[-16:], *secret.split(".")[1:]}
    return plain | {escape(one) for one in plain}
