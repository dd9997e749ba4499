"""What TMDb means when it refuses. Pure.

Its own codes, in `{"success": false, "status_code": N, …}`: developer.themoviedb.org, "Errors".
"""

from http import HTTPStatus
from typing import Any

from adaptapedia.sources.errors import NotFound, RateLimited, Rejected, SourceError, Unavailable

KEY = {3, 7, 10, 14, 16, 33, 35, 36}
"""Authentication failed, invalid or suspended key, invalid or denied token."""
GONE = {6, 34}
TOO_MANY = 25
UNSTATED_PAUSE = 10.0
WRONG = {
    5: "the parameters",
    18: "what was asked for",
    20: "the window: changes are told for 14 days at most",
    22: "the page: there are 500 at most",
    23: "the date",
    27: "the appended parts: 20 are taken at most",
}


def refusal(status: int, body: Any, evidence: str) -> SourceError | None:
    """The error that an answer stands for; None where its HTTP status says all that there is to say.

    `body` is the JSON that came, or None. Also good for a 200 that is a refusal inside.
    """
    code = _code(body)
    if code in KEY or status == HTTPStatus.UNAUTHORIZED:
        return Rejected("TMDb refuses our key: TMDB_API_KEY is wrong, or no longer valid", evidence=evidence)
    if code in GONE:
        return NotFound("TMDb does not have what was asked for", evidence=evidence)
    if status == HTTPStatus.NOT_FOUND:
        return Unavailable("What answered 404 was not TMDb: is TMDB_BASE_URL right?", evidence=evidence)
    if code == TOO_MANY:
        return RateLimited("TMDb asks us to wait", retry_after=UNSTATED_PAUSE, evidence=evidence)
    if code in WRONG:
        return Rejected(f"TMDb refuses {WRONG[code]}", evidence=evidence)
    if status == HTTPStatus.OK and code is not None:
        return Unavailable(f"TMDb answered with its error {code}", evidence=evidence)
    return None


def _code(body: Any) -> int | None:
    """TMDb's code of a refusal; None for any other answer, 0 for a refusal without one."""
    if not isinstance(body, dict) or ("status_code" not in body and body.get("success") is not False):
        return None
    code = body.get("status_code")
    return code if isinstance(code, int) and 0 <= code < 1000 else 0
