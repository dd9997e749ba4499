"""How somebody in another process looks at a stand-in and plans its faults, at its own address."""

from __future__ import annotations

import json
from typing import Any

from tests.upstreams.messages import Answer, Log, Request
from tests.upstreams.misbehaviour import Misbehaviour

CONTROL = "/_lab/"
PLANS = {"clear", "plan", "always", "every", "when", "at_random"}


def control(upstream: Misbehaviour, log: Log[Any], request: Request) -> Answer:
    """`GET /_lab/log`, `DELETE /_lab/log`, `POST /_lab/faults`.

    Faults go as a JSON object, one member for each call: `{"clear": [], "every": [5, "503"]}`.
    """
    match request.method, request.path.removeprefix(CONTROL):
        case "GET", "log":
            return Answer(200, json.dumps(log.summary()).encode())
        case "DELETE", "log":
            log.clear()
        case "POST", "faults":
            return _planned(upstream, json.loads(request.body))
        case _:
            return Answer(404, b"{}")
    return Answer(200, b"{}")


def _planned(upstream: Misbehaviour, calls: dict[str, list[Any]]) -> Answer:
    if not calls.keys() <= PLANS:
        return Answer(422, b"{}")
    try:
        for name, arguments in calls.items():
            getattr(upstream, name)(*arguments)
    except (KeyError, TypeError, ValueError) as error:
        return Answer(422, json.dumps({"error": str(error)}).encode())
    return Answer(200, b"{}")
