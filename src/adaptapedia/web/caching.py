"""What browsers and a CDN may keep of a public page, and the short answer when they have it already."""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response, patch_vary_headers

View = TypeVar("View", bound=Callable[..., HttpResponse])

FOR_EVERYONE = "public, max-age=60, s-maxage=300, stale-while-revalidate=86400"
BRIEFLY = "public, max-age=0, s-maxage=30"
"""For what may hold no longer in a moment: what is missing arrives, what was refused is put right."""
FOR_ONE = "private, no-cache"
LASTING = {200, 301}


def kept_by_caches(view: View) -> View:
    """A page that is the same for everybody without a cookie: those answers may be shared, for five minutes.

    A fault or an entry that is missing is shared for half a minute, and then asked for anew.

    A cookie (a chosen light, a session, a message) makes the answer its owner's. Every answer has an
    ETag of its text and is 304 to whoever has that text; a CDN that does not heed `Vary: Cookie` can
    at worst show a reader the page of somebody who is not signed in.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        response.headers["Cache-Control"] = _terms(request, response)
        if response.status_code != 200:
            return response
        response.headers["ETag"] = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
        conditional = get_conditional_response(request, etag=response.headers["ETag"], response=response)
        if isinstance(conditional, HttpResponseNotModified):
            conditional.headers["Vary"] = response.headers["Vary"]
            conditional.headers["Cache-Control"] = response.headers["Cache-Control"]
        return conditional or response

    return cast(View, answer)


def _terms(request: HttpRequest, response: HttpResponse) -> str:
    if request.COOKIES:
        return FOR_ONE
    return FOR_EVERYONE if response.status_code in LASTING else BRIEFLY
