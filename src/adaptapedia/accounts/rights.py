"""What a role may do in the admin. It is said here and nowhere else.

Administrators may do whatever a page allows. Moderators see the catalogue, what did not get into it, schedules and
runs, and mend entries. Groups and rights given to one person (rows of auth_permission) can widen what somebody does
in the catalogue and nothing else, so that schedules, accounts and tokens stay with administrators.
"""

ACTIONS = ("view", "add", "change", "delete")
WIDENED_BY_ROWS = frozenset({"catalogue"})

_SEEN = ("catalogue", "ingest", "scheduling", "django_celery_beat")
_MENDED = ("work", "screenwork", "person", "adaptation", "screenmetadata", "workmetadata")


def moderators_may(permission: str) -> bool:
    """Whether a permission, such as "catalogue.change_work", comes with the role of moderators."""
    app, _, codename = permission.partition(".")
    action, _, model = codename.partition("_")
    if action == "view":
        return app in _SEEN
    if app != "catalogue" or model not in _MENDED:
        return False
    return action == "change" or (action, model) == ("add", "adaptation")


def moderators_see(app: str) -> bool:
    """Whether an app has anything for moderators."""
    return app in _SEEN
