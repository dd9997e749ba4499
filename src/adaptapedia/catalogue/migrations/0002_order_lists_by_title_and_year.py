from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

STANDING = models.Q(("retired_at", None))


def index(fields, name):
    return models.Index(fields=fields, name=name, condition=STANDING)


class Migration(migrations.Migration):
    """Lists in the order of titles, names and years are read by key, so that any page of a million rows is at hand."""

    atomic = False

    dependencies = [("catalogue", "0001_initial")]

    operations = [
        AddIndexConcurrently("work", index(["sort_key", "id"], "work_by_title")),
        AddIndexConcurrently("work", index(["year", "id"], "work_by_year")),
        AddIndexConcurrently("screenwork", index(["sort_key", "id"], "screen_work_by_title")),
        AddIndexConcurrently("screenwork", index(["year", "id"], "screen_work_by_year")),
        AddIndexConcurrently("person", index(["sort_key", "id"], "person_by_name")),
    ]
