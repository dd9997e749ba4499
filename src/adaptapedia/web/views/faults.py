"""When there is no page, or no way to make one."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

LONGEST_GUESS = 80
_WORDS = re.compile(r"[^\W_]+")
_SECTIONS = {"book", "screen", "person", "compare", "browse", "search", "api", "v1", "accounts", "ops", "admin"}


@dataclass(frozen=True, slots=True)
class Bare:
    """What the base template reads of a request, without session, user or anything else that could fail."""

    COOKIES: dict[str, str]
    path: str
    query: str

    def get_full_path(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


def words_of_address(path: str) -> str:
    """What somebody may have looked for at an address: /book/the-great-gatsbi/ is "the great gatsbi"."""
    words = [word for word in _WORDS.findall(unquote(path, errors="ignore")) if word.lower() not in _SECTIONS]
    return " ".join(words)[:LONGEST_GUESS].strip()


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with a search for the words of the address."""
    guess = words_of_address(request.path)
    return HttpResponseNotFound(render(request, "404.html", {"guess": guess}).content)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500. Asks neither database nor cache nor session, any of which may be what broke."""
    bare = Bare(dict(request.COOKIES), request.path, request.META.get("QUERY_STRING", ""))
    return HttpResponse(loader.get_template("500.html").render({"request": bare}), status=500)
