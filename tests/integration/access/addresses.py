"""Every address that the site answers, as Django's resolver knows them."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern


def routes() -> list[str]:
    """The route of every address, as written in its `path` or `re_path`, in the order of the resolver; each once."""
    return list(dict.fromkeys(_routes(get_resolver().url_patterns, "")))


def _routes(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for entry in patterns:
        route = before + _text_of(entry)
        if isinstance(entry, URLResolver):
            yield from _routes(entry.url_patterns, route)
        else:
            yield route


def _text_of(entry: URLPattern | URLResolver) -> str:
    """A `re_path` is written in slashes, to be told from a `path`."""
    text = str(entry.pattern)
    return text if isinstance(entry.pattern, RoutePattern) or not text else f"/{text}/"
