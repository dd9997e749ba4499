from django.db import migrations


class Migration(migrations.Migration):
    """Refresh tokens were kept as they are sent; their number (jti) is enough to know them again."""

    dependencies = [("token_blacklist", "0013_alter_blacklistedtoken_options_and_more")]

    operations = [
        migrations.RunSQL(
            "UPDATE token_blacklist_outstandingtoken SET token = '' WHERE token <> ''",
            migrations.RunSQL.noop,
        ),
    ]
