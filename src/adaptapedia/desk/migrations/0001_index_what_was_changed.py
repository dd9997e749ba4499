from django.apps import apps
from django.db import migrations

# Tables of others, so the state knows nothing of these. The last is by the number of a row, which is text there.
INDEXES = {
    "change_repr_trgm": "auditlog_logentry USING gin (upper(object_repr::text) gin_trgm_ops)",
    "act_repr_trgm": "django_admin_log USING gin (upper(object_repr::text) gin_trgm_ops)",
    "act_of_row": "django_admin_log (object_id)",
}


def build(name, of):
    """A concurrent build that fails leaves an invalid index behind, so a second try drops it first."""
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    return [
        migrations.RunSQL(drop, migrations.RunSQL.noop),
        migrations.RunSQL(f"CREATE INDEX CONCURRENTLY {name} ON {of}", drop),
    ]


class Migration(migrations.Migration):
    """What was changed is found by a part of its name however much was."""

    atomic = False

    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auditlog", "0017_add_actor_email"),
        # Where there is a catalogue it brings pg_trgm, and may not take it away before these indexes.
        *([("catalogue", "0001_initial")] if apps.is_installed("adaptapedia.catalogue") else []),
    ]

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        *(step for name, of in INDEXES.items() for step in build(name, of)),
    ]
