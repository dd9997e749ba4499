import pytest

from adaptapedia.kit.addresses import without_secrets


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://query.wikidata.org/sparql", "https://query.wikidata.org/sparql"),
        ("https://ada:secret@example.org:8443/sparql?key=secret#secret", "https://example.org:8443/sparql"),
        ("http://[::1]:7878/query", "http://[::1]:7878/query"),
        ("loopback", "loopback"),
    ],
)
def test_an_address_is_shown_without_what_may_be_a_secret(address: str, told: str) -> None:
    assert without_secrets(address) == told
