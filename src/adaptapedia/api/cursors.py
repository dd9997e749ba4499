"""Cursors: places in a list, signed for the list, its filters and its order, so that none can be made up or moved."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from adaptapedia.api import problems
from adaptapedia.api.problems import Problem
from adaptapedia.catalogue.paging import Place

LONGEST = 1_200
"""Characters: a sort key of 200 letters, each an escape, still fits."""


def written(place: Place, *, of: str, under: Mapping[str, Any]) -> str:
    """The cursor to a place of the list `of` under these filters and this order."""
    body = orjson.dumps([place.segment, place.values, place.backwards])
    return _signer(of, under).sign(urlsafe_b64encode(body).rstrip(b"=").decode())


def read(cursor: str, *, of: str, under: Mapping[str, Any]) -> Place:
    """The place that a cursor of this list, under the same filters and order, leads to. Raises Problem."""
    try:
        body = _signer(of, under).unsign(cursor)
    except BadSignature as error:
        detail = _(
            "This cursor is not of this list with these filters and this order. Take it from next or previous as it "
            "stands, or leave it out to begin again."
        )
        raise Problem(problems.INVALID_CURSOR, detail) from error
    segment, values, backwards = orjson.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return Place(segment, tuple(values), backwards)


def _signer(of: str, under: Mapping[str, Any]) -> Signer:
    given = orjson.dumps({name: _plain(value) for name, value in under.items()}, option=orjson.OPT_SORT_KEYS)
    return Signer(salt=f"adaptapedia.api.cursor.{of}.{hashlib.blake2b(given, digest_size=16).hexdigest()}")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
