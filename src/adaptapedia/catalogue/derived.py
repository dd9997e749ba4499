"""What an entry's names make of it: one way for what upstreams bring and for what people write. Pure."""

from adaptapedia.kit.text import fold, sort_key

DERIVED = frozenset({"sort_key", "search_text"})
"""Fields that nobody writes."""
GUARDED_WITH_TITLE = frozenset({"title_language", "name_language"}) | DERIVED
"""Fields that the lock of the title (of a person, the name) guards too: they go with it."""

__all__ = ["DERIVED", "GUARDED_WITH_TITLE", "search_text", "sort_key"]


def search_text(title: str, original: str = "") -> str:
    """By what an entry is found: its folded title, and the original one where that is another (may be empty)."""
    folded = fold(title)
    other = fold(original) if original else ""
    return f"{folded} {other}" if other and other != folded else folded
