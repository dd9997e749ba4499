"""JSON in and out, by orjson: it refuses what is nested too deeply, and no number of it is infinite."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from adaptapedia.api import problems
from adaptapedia.api.problems import Problem

LARGEST_BODY = 64 * 1024
"""Bytes. The largest thing anybody sends is a token."""


def written(data: Any) -> bytes:
    """Data as JSON. Times are in UTC, with a Z."""
    return orjson.dumps(data, option=orjson.OPT_UTC_Z)


class JSONRenderer(BaseRenderer):
    """Says to the framework what answers are; views write theirs themselves."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else written(data)


class JSONParser(BaseParser):
    """Reads bodies of at most 64 KiB."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            detail = _("The body may have %(bytes)d bytes at the most.") % {"bytes": LARGEST_BODY}
            raise Problem(problems.TOO_LARGE, detail)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(str(error)) from error
