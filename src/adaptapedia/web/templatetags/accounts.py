from django import template
from django.conf import settings

from adaptapedia.accounts import sessions

register = template.Library()


@register.simple_tag
def mail_goes_to_the_log() -> bool:
    """Whether this installation has no mail server and prints its e-mails."""
    return settings.EMAIL_BACKEND.endswith(".console.EmailBackend")


@register.filter
def device(agent: str) -> str:
    """A browser's own description of itself, in words."""
    return sessions.device(agent)


@register.filter
def in_groups(secret: str) -> str:
    """A secret in groups of four, for people who type it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@register.filter
def cut_slash(address: str) -> str:
    """An address without the slash at its end, for a path to follow."""
    return address.removesuffix("/")
