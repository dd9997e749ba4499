"""No secret of an endpoint's address is in an error, its evidence, a traceback or a line of a log."""

import traceback

import pytest

from adaptapedia.sources.errors import SourceError
from adaptapedia.sources.fetching import spellings
from tests.integration.sources.clients import wikidata
from tests.upstreams.hostile import Behaviour, HostileServer, echoes, sends, silent

PASSWORD, KEY = "s3cret+Of/the=endpoint", "k3y-of-the-endpoint"
SENT = "YWRhOnMzY3JldCtPZi90aGU9ZW5kcG9pbnQ="
HOSTILE: dict[str, Behaviour] = {
    "as words": echoes(),
    "as a page": echoes(before=b"<html>"),
    "as a page that fails": echoes(status=b"500 Internal Server Error"),
    "as a page that refuses": echoes(status=b"401 Unauthorized"),
    "as forbidden": echoes(status=b"403 Forbidden"),
    "as too many": echoes(status=b"429 Too Many Requests", headers=b"Retry-After: 9999"),
    "as too slow": echoes(before=b"java.util.concurrent.TimeoutException", status=b"500 Internal Server Error"),
    "cut in the middle": echoes(before=b" " * 440, status=b"500 Internal Server Error"),
    "as half of an answer": echoes(before=b'{"results": {"bindings": [{"item": "'),
    "in a value": echoes(before=b'{"results": {"bindings": [{"a": "', after=b'"}]}}'),
    "in a packing": echoes(headers=b"Content-Encoding: %s"),
    "in a redirect": echoes(status=b"302 Found", headers=b"Location: http://127.0.0.2:1%s"),
    "silence": silent(),
    "nothing": sends(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_error_and_no_line_of_a_log_shows_it(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with HostileServer(HOSTILE[name]) as server:
        address = server.url.replace("http://", "http://ada:s3cret%2BOf%2Fthe%3Dendpoint@") + f"/sparql?key={KEY}"
        with wikidata(address, timeout=1.0) as client, pytest.raises(SourceError) as raised:
            client.items([1])
    asked = server.heads[0].decode()

    shown = "\n".join(traceback.format_exception(raised.value))
    shown += f"{raised.value!r} {raised.value.args} {raised.value.evidence} {vars(raised.value)} {caplog.text}"
    assert SENT in asked
    assert KEY in asked
    parts = {PASSWORD, KEY, SENT, SENT[:16], KEY[:9], PASSWORD[:8]}
    assert [one for one in spellings(parts) if one in shown] == []
