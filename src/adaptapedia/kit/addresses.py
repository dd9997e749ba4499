"""Addresses of other servers, as anybody may see them."""

from urllib.parse import urlsplit


def without_secrets(address: str) -> str:
    """An address without name, password and parameters, any of which may be secret; what is no address stays."""
    parts = urlsplit(address)
    if not parts.scheme:
        return address
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{parts.scheme}://{host}{port}{parts.path}"
