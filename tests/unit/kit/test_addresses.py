import pytest

from adaptapedia.kit.addresses import secrets_of, without_secrets


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


def test_what_may_be_secret_is_the_password_and_what_is_sent_for_it_and_parameters() -> None:
    assert secrets_of("https://ada:p%40ss@example.org/sparql?key=k3y&empty=") == ["p@ss", "YWRhOnBAc3M=", "k3y"]
    assert secrets_of("https://ada@example.org/sparql") == []
