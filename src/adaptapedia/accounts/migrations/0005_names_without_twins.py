import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NAMES = "user_name_without_twin"


class Migration(migrations.Migration):
    """A name is taken in whatever case it is written, and names and addresses are found by index at sign-in."""

    atomic = False

    dependencies = [("accounts", "0004_tokens_valid_from")]

    operations = [
        # A concurrent build that fails leaves an invalid index behind, so a second try drops it first.
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {NAMES}", migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY {NAMES} ON accounts_user (upper(username))",
                    f"DROP INDEX CONCURRENTLY IF EXISTS {NAMES}",
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="user",
                    constraint=models.UniqueConstraint(
                        django.db.models.functions.text.Upper("username"), name=NAMES
                    ),
                ),
            ],
        ),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS user_email", migrations.RunSQL.noop),
        AddIndexConcurrently("user", models.Index(fields=["email"], name="user_email")),
    ]
