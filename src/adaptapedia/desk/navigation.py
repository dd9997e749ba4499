"""The sidebar of the admin: what a person may see, grouped as the work is."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

Group = dict[str, Any]

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "catalogue",
        (
            ("catalogue.work", "menu_book"),
            ("catalogue.screenwork", "movie"),
            ("catalogue.person", "person_edit"),
            ("catalogue.adaptation", "conversion_path"),
            ("catalogue.dailystatistics", "monitoring"),
        ),
    ),
    (
        "automation",
        (
            ("django_celery_beat.periodictask", "event_repeat"),
            ("scheduling.jobrun", "play_circle"),
            ("ingest.sweep", "cleaning_services"),
            ("ingest.reject", "block"),
            ("ingest.sourcestate", "history"),
            ("django_celery_beat.crontabschedule", "calendar_month"),
            ("django_celery_beat.intervalschedule", "timer"),
            ("django_celery_beat.clockedschedule", "alarm"),
            ("django_celery_beat.solarschedule", "wb_twilight"),
        ),
    ),
    (
        "accounts",
        (
            ("accounts.user", "group"),
            ("auth.group", "groups"),
            ("account.emailaddress", "mail"),
            ("account.emailconfirmation", "mark_email_read"),
            ("mfa.authenticator", "phonelink_lock"),
            ("usersessions.usersession", "devices"),
            ("auditlog.logentry", "manage_search"),
            ("admin.logentry", "receipt_long"),
        ),
    ),
    (
        "programs",
        (
            ("token_blacklist.outstandingtoken", "key"),
            ("token_blacklist.blacklistedtoken", "key_off"),
        ),
    ),
)


def sidebar(request: HttpRequest) -> list[Group]:
    """The groups of the sidebar: what is registered and may be seen, and the ways out."""
    titles = {
        "catalogue": _("Catalogue"),
        "automation": _("Automation"),
        "accounts": _("Accounts"),
        "programs": _("Programs"),
    }
    groups = [{"title": titles[name], "separator": True, "items": _items(request, models)} for name, models in GROUPS]
    return [_start(), *(group for group in groups if group["items"])]


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """The ways out of the admin, under one's own name."""
    return [{"title": _("Operations"), "link": "/ops/"}, {"title": _("The site"), "link": "/"}]


def _start() -> Group:
    return {
        "items": [
            {"title": _("Overview"), "icon": "dashboard", "link": reverse("admin:index")},
            {"title": _("Operations"), "icon": "monitor_heart", "link": "/ops/"},
            {"title": _("The site"), "icon": "home", "link": "/"},
        ]
    }


def _items(request: HttpRequest, models: tuple[tuple[str, str], ...]) -> list[Group]:
    pages = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
    return [
        {
            "title": str(pages[label].opts.verbose_name_plural).capitalize(),
            "icon": icon,
            "link": reverse(f"admin:{label.replace('.', '_')}_changelist"),
        }
        for label, icon in models
        if label in pages and pages[label].has_view_permission(request)
    ]
