"""What the schema says of every operation, and how it is made: OpenAPI 3.1, once for each process and language."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.serializers import Serializer

from adaptapedia.api import answers, problems, samples
from adaptapedia.api.problems import MEDIA_TYPE, Kind

Text = str | Promise

RATE_HEADERS = {
    "RateLimit-Limit": _("How many requests a window allows."),
    "RateLimit-Remaining": _("How many are left in this one."),
    "RateLimit-Reset": _("Seconds until the next window."),
}
READ_PROBLEMS = (
    problems.INVALID,
    problems.TOKEN_INVALID,
    problems.METHOD_NOT_ALLOWED,
    problems.NOT_ACCEPTABLE,
    problems.TOO_MANY_REQUESTS,
    problems.INTERNAL_ERROR,
    problems.UNAVAILABLE,
    problems.MAINTENANCE,
)
BODY_PROBLEMS = (*READ_PROBLEMS, problems.TOO_LARGE, problems.UNSUPPORTED_MEDIA_TYPE)
ONE_PROBLEMS = (*READ_PROBLEMS, problems.NOT_FOUND, problems.GONE)

CONDITIONAL = _("Ask with If-None-Match and the ETag that you have: 304 says that nothing has changed.")


class OperationSchema(AutoSchema):
    """The framework's, without its guesses at filters and pages: views say what they take and answer."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


def reading(
    name: str,
    summary: Text,
    answer: type[Serializer],
    sample: Any,
    *,
    tag: str,
    description: Text = CONDITIONAL,
    parameters: type[Serializer] | None = None,
    faults: tuple[Kind, ...] = READ_PROBLEMS,
) -> Any:
    """Describes a view's GET: its form of answer, an example of it, its parameters and its problems."""
    responses: dict[Any, OpenApiResponse] = {
        200: OpenApiResponse(answer, summary, [_shown(sample)]),
        304: OpenApiResponse(None, _("Nothing has changed.")),
        **_refusals(faults),
    }
    return extend_schema_view(
        get=extend_schema(
            operation_id=name,
            summary=summary,
            description=description,
            tags=[tag],
            parameters=[parameters] if parameters else [],
            responses=responses,
        )
    )


def writing(
    name: str,
    summary: Text,
    *,
    description: Text,
    form: type[Serializer] | None = None,
    sent: Any = None,
    answer: type[Serializer] | None = None,
    sample: Any = None,
    faults: tuple[Kind, ...] = BODY_PROBLEMS,
) -> Any:
    """Describes a view's POST."""
    told: dict[Any, OpenApiResponse]
    if answer:
        told = {200: OpenApiResponse(answer, summary, [_shown(sample)])}
    else:
        told = {204: OpenApiResponse(None, _("Done. There is nothing to say."))}
    return extend_schema_view(
        post=extend_schema(
            operation_id=name,
            summary=summary,
            description=description,
            tags=["tokens"],
            request={"application/json": form} if form else None,
            responses={**told, **_refusals(faults)},
            examples=[OpenApiExample("request", value=sent, summary=_("A request"), request_only=True)] if form else [],
        )
    )


def listing(
    name: str, summary: Text, page: type[Serializer], sample: Any, *, tag: str, parameters: type[Serializer]
) -> Any:
    """Describes a list."""
    whole = {"next": f"{samples.API}{tag}/?cursor=WzAsWzEyXV0:0Ws", "previous": None, "results": [sample]}
    faults = (*READ_PROBLEMS, problems.INVALID_CURSOR, problems.TOO_BROAD)
    return reading(f"{name}_list", summary, page, whole, tag=tag, parameters=parameters, faults=faults)


def alone(name: str, summary: Text, answer: type[Serializer], sample: Any, *, tag: str) -> Any:
    """Describes one entry."""
    return reading(f"{name}_read", summary, answer, sample, tag=tag, faults=ONE_PROBLEMS)


def _shown(sample: Any) -> OpenApiExample:
    return OpenApiExample("answer", value=sample, summary=_("An answer"), response_only=True)


def _refusals(faults: tuple[Kind, ...]) -> dict[tuple[int, str], OpenApiResponse]:
    """By status; where one status has several kinds, the example is of the first, and all are named."""
    by_status: dict[int, list[Kind]] = {}
    for kind in faults:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        (status, MEDIA_TYPE): OpenApiResponse(answers.ProblemAnswer, _named(kinds), [_example(kinds[0])])
        for status, kinds in by_status.items()
    }


def _named(kinds: Sequence[Kind]) -> Text:
    words = [word for kind in kinds for word in (kind.name, kind.title)]
    return format_lazy(" ".join(["{}: {}."] * len(kinds)), *words)


def _example(kind: Kind) -> OpenApiExample:
    value: dict[str, Any] = {
        "type": kind.address,
        "title": kind.title,
        "status": kind.status,
        "detail": format_lazy("{}.", kind.title),
        "instance": "/api/v1/works/",
    }
    if kind is problems.INVALID:
        value |= {"errors": {"page_size": ["Ensure this value is less than or equal to 100."]}}
    return OpenApiExample(kind.name, value=value, response_only=True, media_type=MEDIA_TYPE)


def with_rate_headers(result: dict[str, Any], **__: Any) -> dict[str, Any]:
    """A last touch to the schema: the headers that every answer has, and Retry-After where there is one."""
    for operation in operations(result):
        for status, response in operation["responses"].items():
            headers = {
                name: {"description": said, "schema": {"type": "integer", "minimum": 0}}
                for name, said in RATE_HEADERS.items()
            }
            if status == "429":
                headers["Retry-After"] = {"description": _("Seconds to wait."), "schema": {"type": "integer"}}
            if status in {"200", "304"} and "requestBody" not in operation:
                headers["ETag"] = {"description": _("The content's mark."), "schema": {"type": "string"}}
            response["headers"] = headers
    return result


def operations(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All operations of a schema."""
    return [operation for path in schema["paths"].values() for operation in path.values()]


def whole_schema() -> dict[str, Any]:
    """The schema of the API, in the language that is spoken."""
    return _schema_in(get_language())


@lru_cache
def _schema_in(language: str | None) -> dict[str, Any]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema
