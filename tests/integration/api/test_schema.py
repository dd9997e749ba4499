"""The schema is valid, complete, and true: real answers are as it says, and random requests find nothing else."""

from typing import Any

import pytest
import schemathesis
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.utils.translation import get_language, override
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from jsonschema import Draft202012Validator
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.errors import InvalidSchema

from adaptapedia.api import tokens
from adaptapedia.api.reference import operations_by_tag
from adaptapedia.api.schema import operations, whole_schema
from adaptapedia.wsgi import application
from tests.integration.api.samples import Shelf
from tests.integration.ops.samples import make_person

pytestmark = pytest.mark.django_db


def answer_form(operation: str) -> dict[str, Any]:
    """The form of an operation's good answer, with everything it refers to."""
    schema = whole_schema()
    for one in operations(schema):
        if one["operationId"] == operation:
            form = one["responses"]["200"]["content"]["application/json"]["schema"]
            return {**form, "components": schema["components"]}
    raise LookupError(operation)


def test_the_schema_is_valid_and_nothing_in_it_is_guessed(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml"))


def test_the_schema_is_openapi_3_1_and_every_operation_has_an_example() -> None:
    schema = whole_schema()
    assert schema["openapi"] == "3.1.0"
    for operation in operations(schema):
        good = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        asked = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        assert good.get("examples") or "204" in operation["responses"], operation["operationId"]
        assert asked.get("examples") or "requestBody" not in operation, operation["operationId"]


def test_schema_and_page_speak_the_language_of_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def translated(text: str) -> str:
        return f"«{text}»" if get_language() == "eo" else text

    monkeypatch.setattr("django.utils.translation._trans.gettext", translated)
    english = whole_schema()["info"]["description"]
    with override("eo"):
        schema = whole_schema()
        assert schema["info"]["description"] == f"«{english}»"
        said = [one[part] for one in operations(schema) for part in ("summary", "description")]
        for operation in operations(schema):
            said += [one["description"] for one in operation["responses"].values()]
            said += [one["description"] for one in operation.get("parameters", []) if one["in"] == "query"]
        for form in schema["components"]["schemas"].values():
            said += [field["description"] for field in form.get("properties", {}).values() if "description" in field]
        assert [text for text in said if "«" not in text] == []
        assert operations_by_tag()["works"][0].summary == "«List works»"
    assert operations_by_tag()["works"][0].summary == "List works"


def test_every_example_is_as_the_schema_says() -> None:
    schema = whole_schema()
    for operation in operations(schema):
        contents = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (one for body in contents for one in body.get("content", {}).values()):
            for example in content.get("examples", {}).values():
                form = {**content["schema"], "components": schema["components"]}
                Draft202012Validator(form).validate(example["value"])


@pytest.mark.parametrize(
    ("operation", "address"),
    [
        ("root_read", ""),
        ("works_list", "works/"),
        ("works_read", "works/{work.pk}/"),
        ("screen_works_list", "screen-works/"),
        ("screen_works_read", "screen-works/{film.pk}/"),
        ("screen_works_read", "screen-works/{remake.pk}/"),
        ("adaptations_list", "adaptations/"),
        ("adaptations_read", "adaptations/{remaking.pk}/"),
        ("people_list", "people/"),
        ("people_read", "people/{author.pk}/"),
        ("statistics_read", "statistics/"),
        ("statistics_history_list", "statistics/history/"),
        ("schema_read", "schema/"),
    ],
)
def test_real_answers_are_as_the_schema_says_and_say_all_of_it(
    api: Client, shelf: Shelf, operation: str, address: str
) -> None:
    told = api.get(f"/api/v1/{address}".format(**vars(shelf))).json()
    form = answer_form(operation)
    Draft202012Validator(form).validate(told)
    described = form["components"]["schemas"][form["$ref"].rpartition("/")[2]]
    assert set(told) <= set(described["properties"]) or operation == "schema_read"
    for entry in told.get("results", []) if isinstance(told.get("results"), list) else []:
        item = described["properties"]["results"]["items"]["$ref"].rpartition("/")[2]
        assert set(entry) == set(form["components"]["schemas"][item]["properties"])


@pytest.mark.django_db(transaction=True)
def test_random_requests_find_no_answer_that_the_schema_does_not_know(shelf: Shelf, settings: LazySettings) -> None:
    settings.API_ANONYMOUS_REQUESTS = settings.API_SIGNED_IN_REQUESTS = settings.API_TOKEN_REQUESTS = 10**6
    user = make_person("reader", "user", password="a lantern in the library")
    described = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    load_all_checks()
    wanted = [
        *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
        *("response_schema_conformance", "response_headers_conformance", "negative_data_rejection"),
    ]
    checks = [CHECKS.get_one(name) for name in wanted]
    for found in described.get_all_operations():
        assert not isinstance(found, InvalidSchema)
        _try(found.ok(), checks, user)


def _try(operation: Any, checks: list[Any], user: Any) -> None:
    @examples(max_examples=10, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def attempt(case: Any) -> None:
        signed_in = operation.path.endswith("revoke-all/")
        user.refresh_from_db()
        headers = {"Authorization": f"Bearer {tokens.issue(user).access}"} if signed_in else {}
        case.call_and_validate(headers=headers, checks=checks)

    given(operation.as_strategy())(attempt)()
