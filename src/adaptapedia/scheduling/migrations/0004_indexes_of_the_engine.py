"""The indexes of the engine, built beside what runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("scheduling", "0003_engine")]
    operations = [
        AddIndexConcurrently(
            model_name='schedulecompanion',
            index=models.Index(condition=models.Q(('fires_at__isnull', False)), fields=['fires_at'], name='schedule_fires'),
        ),
        AddIndexConcurrently(
            model_name='schedulecompanion',
            index=models.Index(condition=models.Q(('edited_at__isnull', False)), fields=['edited_at'], name='schedule_edited'),
        ),
        AddIndexConcurrently(
            "jobrun",
            models.Index(
                fields=["schedule"], condition=models.Q(("schedule__isnull", False)), name="run_of_row"
            ),
        ),
    ]
