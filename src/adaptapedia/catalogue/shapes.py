"""Names for what is kept in the cache, that change with its shape."""

from dataclasses import fields
from hashlib import blake2b


def key_of(name: str, shape: type) -> str:
    """A key for values made of this dataclass: another after an upgrade that gives it other fields or types.

    So what an older version kept is not there for a newer one, nor the other way round while both run.
    """
    told = ", ".join(f"{field.name}: {field.type}" for field in fields(shape))
    return f"{name}.{blake2b(told.encode(), digest_size=4).hexdigest()}"
