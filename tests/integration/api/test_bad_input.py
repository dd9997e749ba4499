"""Whatever is sent to whatever address of the API: a problem with a sentence that helps, and never a fault of ours."""

import json
from typing import Any

import psycopg
import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from redis.exceptions import RedisError

from adaptapedia.api import problems
from adaptapedia.api.urls import urlpatterns
from adaptapedia.catalogue import resources
from tests.integration.api.samples import Shelf, make_work

pytestmark = pytest.mark.django_db

WORKS = "/api/v1/works/"
TOKEN = "/api/v1/token/"
ROUTES = [str(pattern.pattern) for pattern in urlpatterns if isinstance(pattern, URLPattern)]


def problem(answer: HttpResponse) -> dict[str, Any]:
    """The problem that an answer is; all that belongs to one is there, and its kind is one we know."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    told: dict[str, Any] = json.loads(answer.content)
    assert told["status"] == answer.status_code
    assert problems.KINDS[told["type"].split("/")[-2]].status == answer.status_code
    assert told["detail"]
    assert told["title"]
    return told


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "101"}, "page_size"),
        ({"page_size": "many"}, "page_size"),
        ({"page_size": "9" * 5000}, "page_size"),
        ({"year_from": "1e5"}, "year_from"),
        ({"year_from": str(2**70)}, "year_from"),
        ({"year_from": "1900", "year_to": "1800"}, "year_to"),
        ({"person": "-1"}, "person"),
        ({"person": str(2**63)}, "person"),
        ({"form": "opera"}, "form"),
        ({"language": "\u0000"}, "language"),
        ({"language": "English, please"}, "language"),
        ({"country": "142"}, "country"),
        ({"wikidata": "Q0"}, "wikidata"),
        ({"wikidata": f"Q{'9' * 30}"}, "wikidata"),
        ({"slug": "../etc"}, "slug"),
        ({"q": "a"}, "q"),
        ({"q": "\u0000\u0000\u0000"}, "q"),
        ({"q": "x" * 101}, "q"),
        ({"ordering": "price"}, "ordering"),
        ({"nonsense": "1"}, "nonsense"),
        ({"q[]": "frank"}, "q[]"),
        ({"q": ["one", "two"]}, "q"),
        ({"x" * 3000: "1"}, "x" * 79 + "…"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(api: Client, query: dict[str, Any], named: str) -> None:
    told = problem(api.get(WORKS, query))
    assert told["type"] == "/api/v1/problems/invalid/"
    assert list(told["errors"]) == [named]


def test_an_unknown_parameter_is_told_which_there_are(api: Client) -> None:
    told = problem(api.get("/api/v1/adaptations/", {"film": "1"}))
    assert told["errors"]["film"] == [
        "There is no such parameter. These exist: cursor, ordering, original, page_size, relation, screen_work, work."
    ]
    assert problem(api.get("/api/v1/statistics/", {"x": "1"}))["errors"]["x"] == ["This address takes no parameters."]


def test_a_cursor_of_another_list_or_of_other_filters_or_made_up_is_refused(api: Client, shelf: Shelf) -> None:
    make_work("Dracula", 1897)
    following = api.get(WORKS, {"page_size": 1}).json()["next"]
    assert api.get(following).status_code == 200
    cursor = following.split("cursor=")[1].replace("%3A", ":")
    for address, query in (
        ("/api/v1/screen-works/", {}),
        (WORKS, {"ordering": "title"}),
        (WORKS, {"form": "novel"}),
    ):
        told = problem(api.get(address, {**query, "cursor": cursor}))
        assert told["type"] == "/api/v1/problems/invalid-cursor/"
    for made_up in (f"{cursor}x", cursor.partition(":")[0], "x", ":", "W10:AAAA", "é", cursor.replace(":", "::")):
        assert problem(api.get(WORKS, {"cursor": made_up}))["status"] == 400
    assert api.get(WORKS, {"cursor": cursor, "page_size": 3}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 400, "invalid"),
        (b"{", 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        (b'{"username": NaN}', 400, "malformed"),
        (b"[" * 10_000 + b"]" * 10_000, 400, "malformed"),
        (b"[]", 400, "invalid"),
        (b"null", 400, "invalid"),
        (b'"text"', 400, "invalid"),
        (b"{}", 400, "invalid"),
        (b'{"username": [], "password": {}}', 400, "invalid"),
        (b'{"username": "a\\u0000b", "password": "x"}', 400, "invalid"),
        (b'{"username": "\\ud800", "password": "x"}', 400, "malformed"),
        (b'{"username": "' + b"x" * 300 + b'", "password": "x"}', 400, "invalid"),
        (b'{"username": "a", "password": "x", "otp": ' + b"9" * 400 + b"}", 400, "malformed"),
        (b'{"x": "' + b"x" * 70_000 + b'"}', 413, "too-large"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused(api: Client, body: bytes, status: int, kind: str) -> None:
    told = problem(api.generic("POST", TOKEN, body, content_type="application/json"))
    assert (told["status"], told["type"]) == (status, f"/api/v1/problems/{kind}/")


def test_a_body_or_an_answer_of_another_kind_is_refused(api: Client) -> None:
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "x"):
        assert problem(api.generic("POST", TOKEN, b"a=b", content_type=content_type))["status"] == 415
    assert problem(api.get(WORKS, headers={"Accept": "text/html"}))["status"] == 406
    assert problem(api.get(WORKS, headers={"Accept": "text/html"}))["type"] == "/api/v1/problems/not-acceptable/"


@pytest.mark.parametrize("address", ["/api/", "/api/v2/works/", "/api/v1/nothing/", "/api/v1/works/1/2/", "/api/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_an_address_that_leads_nowhere_is_a_problem_too(api: Client, address: str, method: str) -> None:
    assert problem(api.generic(method, address))["type"] == "/api/v1/problems/not-found/"


def test_a_forgotten_slash_is_put_right_for_readers_and_told_to_writers(api: Client) -> None:
    answer = api.get("/api/v1/works?q=frank")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/works/?q=frank")
    assert "/api/v1/token/" in problem(api.post("/api/v1/token"))["detail"]


def test_a_fault_of_ours_says_no_more_than_that(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a secret of the house")

    monkeypatch.setattr("adaptapedia.api.views.entries.read_one", fail)
    answer = api.get(f"{WORKS}1/")
    assert problem(answer)["type"] == "/api/v1/problems/internal-error/"
    assert b"secret" not in answer.content


def test_without_the_database_the_answer_says_when_to_try_again(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("adaptapedia.api.views.entries.read_one", fail)
    answer = api.get(f"{WORKS}1/")
    assert (problem(answer)["type"], answer["Retry-After"]) == ("/api/v1/problems/unavailable/", "5")


def test_a_cache_that_fails_in_the_middle_is_no_fault_of_ours(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RedisError("connection refused")

    monkeypatch.setattr("adaptapedia.api.views.tokens.sign_in", fail)
    answer = api.post(TOKEN, {"username": "mary", "password": "x"}, content_type="application/json")
    assert (problem(answer)["type"], answer["Retry-After"]) == ("/api/v1/problems/unavailable/", "5")


@pytest.mark.django_db(transaction=True)
def test_a_list_under_filters_is_given_up_when_it_takes_too_long_and_other_reading_is_not(
    api: Client, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = resources.PATIENCE
    monkeypatch.setattr(resources, "PATIENCE", 200)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("LOCK TABLE catalogue_work")  # waits as long as a search through very many rows would
        for query in ({"language": "zz"}, {"country": "Q142"}, {"form": "poem"}, {"q": "nothing"}):
            told = problem(api.get(WORKS, query))
            assert (told["status"], told["type"]) == (422, "/api/v1/problems/too-broad/")
    monkeypatch.setattr(resources, "PATIENCE", patient)
    assert api.get(WORKS, {"language": "zz"}).json()["results"] == []


def test_pages_of_other_sites_may_read_and_nothing_else(api: Client) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    answer = api.get("/api/v1/", headers=origin)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "access-control-allow-credentials" not in answer
    assert "ETag" in answer["Access-Control-Expose-Headers"]
    asked = api.options(TOKEN, headers={**origin, "Access-Control-Request-Method": "POST"})
    assert "POST" not in asked["Access-Control-Allow-Methods"]
    assert "access-control-allow-origin" not in api.get("/", headers=origin)


def test_every_kind_of_problem_has_its_page(api: Client) -> None:
    for kind in problems.KINDS.values():
        answer = api.get(kind.address)
        assert answer.status_code == 200
        assert str(kind.title) in answer.content.decode()
        assert kind.address in api.get("/api/v1/problems/").content.decode()
    assert problem(api.get("/api/v1/problems/nonsense/"))["status"] == 404
    assert problem(api.post("/api/v1/problems/gone/"))["status"] == 405


def test_the_form_of_an_operation_leads_to_its_address(api: Client) -> None:
    assert api.get("/api/v1/docs/open/works_read/", {"id": "12"})["Location"] == "/api/v1/works/12/"
    for operation, number in (("works_read", "x"), ("works_read", ""), ("nonsense", "1"), ("token_obtain", "1")):
        assert problem(api.get(f"/api/v1/docs/open/{operation}/", {"id": number}))["status"] == 404


TEXTS = st.text(max_size=40) | st.sampled_from(["", "0", "-1", "9" * 30, "\x00", "null", "Q42", "é" * 300, "%", "_"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@examples(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    route=st.sampled_from(ROUTES),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]),
    part=TEXTS,
    query=st.dictionaries(
        st.sampled_from(["q", "page_size", "cursor", "ordering", "year_from", "person", "wikidata", "since"]) | TEXTS,
        TEXTS,
        max_size=2,
    ),
    body=JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60),
    content_type=st.sampled_from(["application/json", "text/plain", "multipart/form-data", ""]),
)
def test_nothing_that_is_sent_anywhere_is_a_fault_of_ours(
    api: Client,
    settings: LazySettings,
    route: str,
    method: str,
    part: str,
    query: dict[str, str],
    body: bytes,
    content_type: str,
) -> None:
    settings.API_ANONYMOUS_REQUESTS = settings.API_TOKEN_REQUESTS = settings.API_TOKEN_GUESSES = 10**6
    for placeholder in ("<int:id>", "<slug:name>", "<slug:operation>"):
        route = route.replace(placeholder, part.replace("/", ""))
    answer = api.generic(method, f"/api/v1/{route}", body, content_type=content_type, query_params=query)
    assert answer.status_code < 500, (method, route, query, body)
    if answer.status_code >= 400 and method != "HEAD":
        problem(answer)
