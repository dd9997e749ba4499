"""The sidebar of the admin: what a person may see, grouped as the work is."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

Group = dict[str, Any]

GROUPS: tuple[tuple[object, tuple[tuple[str, str, object], ...]], ...] = (
    (
        _("Catalogue"),
        (
            ("catalogue.work", "menu_book", _("Works")),
            ("catalogue.screenwork", "movie", _("Screen works")),
            ("catalogue.person", "person_edit", _("People")),
            ("catalogue.adaptation", "conversion_path", _("Adaptations")),
            ("catalogue.workmetadata", "book_2", _("Metadata of works")),
            ("catalogue.screenmetadata", "theaters", _("Metadata of screen works")),
            ("catalogue.dailystatistics", "monitoring", _("Daily statistics")),
        ),
    ),
    (
        _("Automation"),
        (
            ("django_celery_beat.periodictask", "event_repeat", _("Schedules")),
            ("scheduling.jobrun", "play_circle", _("Runs")),
            ("ingest.sweep", "cleaning_services", _("Sweeps")),
            ("ingest.reject", "block", _("Rejects")),
            ("ingest.sourcestate", "history", _("What was read when")),
            ("ingest.removal", "delete_sweep", _("Removals")),
            ("django_celery_beat.crontabschedule", "calendar_month", _("Rules by the calendar")),
            ("django_celery_beat.intervalschedule", "timer", _("Rules by the interval")),
            ("django_celery_beat.clockedschedule", "alarm", _("Rules for once")),
            ("django_celery_beat.solarschedule", "wb_twilight", _("Rules by the sun")),
        ),
    ),
    (
        _("Accounts"),
        (
            ("accounts.user", "group", _("Users")),
            ("auth.group", "groups", _("Groups")),
            ("account.emailaddress", "mail", _("E-mail addresses")),
            ("mfa.authenticator", "phonelink_lock", _("Second factors")),
            ("usersessions.usersession", "devices", _("Sessions")),
            ("auditlog.logentry", "manage_search", _("Who changed what")),
            ("admin.logentry", "receipt_long", _("Acts in the admin")),
        ),
    ),
    (
        _("Programs"),
        (
            ("token_blacklist.outstandingtoken", "key", _("Tokens")),
            ("token_blacklist.blacklistedtoken", "key_off", _("Ended tokens")),
        ),
    ),
)


def sidebar(request: HttpRequest) -> list[Group]:
    """The groups of the sidebar: what is registered and may be seen, and the ways out."""
    groups = [{"title": title, "separator": True, "items": _items(request, models)} for title, models in GROUPS]
    return [_start(), *(group for group in groups if group["items"])]


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """The ways out of the admin, under one's own name."""
    return [{"title": _("Operations"), "link": "/ops/"}, {"title": _("The site"), "link": "/"}]


def _start() -> Group:
    return {
        "items": [
            {"title": _("Overview"), "icon": "dashboard", "link": reverse("admin:index")},
            {"title": _("Operations"), "icon": "monitor_heart", "link": "/ops/", "active": False},
            {"title": _("The site"), "icon": "home", "link": "/", "active": False},
        ]
    }


def _items(request: HttpRequest, models: tuple[tuple[str, str, object], ...]) -> list[Group]:
    pages = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
    return [
        {
            "title": title,
            "icon": icon,
            "link": reverse(f"admin:{label.replace('.', '_')}_changelist"),
            "may_add": pages[label].has_add_permission(request),
        }
        for label, icon, title in models
        if label in pages and pages[label].has_view_permission(request)
    ]
