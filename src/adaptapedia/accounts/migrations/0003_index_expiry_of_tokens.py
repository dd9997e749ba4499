from django.db import migrations

INDEX = "token_blacklist_outstandingtoken_expires_at"


class Migration(migrations.Migration):
    """The clean-up of tokens walks them by expiry; simplejwt's own migrations index no such thing."""

    atomic = False

    dependencies = [
        ("accounts", "0002_flags_follow_role"),
        ("token_blacklist", "0013_alter_blacklistedtoken_options_and_more"),
    ]

    operations = [
        # A concurrent build that fails leaves an invalid index behind, so a second try drops it first.
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}", migrations.RunSQL.noop),
        migrations.RunSQL(
            f"CREATE INDEX CONCURRENTLY {INDEX} ON token_blacklist_outstandingtoken (expires_at)",
            f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}",
        ),
    ]
