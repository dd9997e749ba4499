"""Addresses of other servers, as anybody may see them."""

from base64 import b64encode
from urllib.parse import parse_qsl, unquote, urlsplit


def without_secrets(address: str) -> str:
    """An address without name, password and parameters, any of which may be secret; what is no address stays."""
    parts = urlsplit(address)
    if not parts.scheme:
        return address
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def secrets_of(address: str) -> list[str]:
    """What may be secret in an address: its password, also as it is sent along with the name, and its parameters."""
    parts = urlsplit(address)
    password = unquote(parts.password or "")
    sent = b64encode(f"{unquote(parts.username or '')}:{password}".encode()).decode() if password else ""
    return [word for word in (password, sent, *(value for _, value in parse_qsl(parts.query))) if word]
