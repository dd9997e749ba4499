from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

NAME = "person_search_trgm"


class Migration(migrations.Migration):
    """People are found by words of their names, as works and screen works are."""

    atomic = False

    dependencies = [("catalogue", "0002_order_lists_by_title_and_year")]

    operations = [
        # A concurrent build that fails leaves an invalid index behind, so a second try drops it first.
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}", migrations.RunSQL.noop),
        AddIndexConcurrently("person", GinIndex(fields=["search_text"], name=NAME, opclasses=["gin_trgm_ops"])),
    ]
