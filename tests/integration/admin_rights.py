"""What each role may do with each kind of row in the admin."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rights:
    administrator: str
    moderator: str


ENTRY = Rights("view change", "view change")
SCHEDULE = Rights("view add change delete", "view")
LOOK = Rights("view", "view")
CLOSED = Rights("view", "")
EVERYTHING = Rights("view add change delete", "")

RIGHTS = {
    "accounts.User": EVERYTHING,
    "admin.LogEntry": CLOSED,
    "auditlog.LogEntry": CLOSED,
    "auth.Group": EVERYTHING,
    "catalogue.Adaptation": Rights("view add change", "view add change"),
    "catalogue.DailyStatistics": LOOK,
    "catalogue.Person": ENTRY,
    "catalogue.ScreenMetadata": ENTRY,
    "catalogue.ScreenWork": ENTRY,
    "catalogue.Work": ENTRY,
    "catalogue.WorkMetadata": ENTRY,
    "django_celery_beat.ClockedSchedule": SCHEDULE,
    "django_celery_beat.CrontabSchedule": SCHEDULE,
    "django_celery_beat.IntervalSchedule": SCHEDULE,
    "django_celery_beat.PeriodicTask": SCHEDULE,
    "django_celery_beat.SolarSchedule": SCHEDULE,
    "ingest.Reject": LOOK,
    "ingest.Removal": LOOK,
    "ingest.SourceState": LOOK,
    "ingest.Sweep": LOOK,
    "scheduling.JobRun": Rights("view act", "view"),
    "token_blacklist.BlacklistedToken": CLOSED,
    "token_blacklist.OutstandingToken": CLOSED,
    # what django-allauth keeps, where it is installed
    "account.EmailAddress": Rights("view delete", ""),
    "mfa.Authenticator": Rights("view delete", ""),
    "usersessions.UserSession": Rights("view delete", ""),
}

IN_USE = {"django_celery_beat.CrontabSchedule"}
"""Kinds whose rows schedules point at, which keeps them from being deleted."""
