"""The indexes by which troubles are found among very many schedules and runs, built beside what runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("scheduling", "0006_former_rules")]
    operations = [
        AddIndexConcurrently(
            "jobrun",
            models.Index(
                fields=["-id"],
                condition=models.Q(("state", "failed"), ("suspicion__gt", ""), _connector="OR"),
                name="run_went_wrong",
            ),
        ),
        AddIndexConcurrently(
            "schedulecompanion",
            models.Index(fields=["schedule"], condition=models.Q(("fault__gt", "")), name="schedule_left_out"),
        ),
    ]
