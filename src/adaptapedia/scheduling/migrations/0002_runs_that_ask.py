from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("scheduling", "0001_initial")]
    operations = [
        migrations.AddField("jobrun", "question", models.JSONField(blank=True, help_text='{"text", "answers": [[key, what it does], …]}', null=True, verbose_name="question")),
        migrations.AddField("jobrun", "answer", models.CharField(blank=True, db_default="", max_length=40, verbose_name="answer")),
        migrations.AddField("jobrun", "answered_by", models.CharField(blank=True, db_default="", max_length=200, verbose_name="answered by")),
        migrations.AddField("jobrun", "answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
        migrations.AddField("jobrun", "suspicion", models.TextField(blank=True, db_default="", help_text="What about its result is not as usual.", verbose_name="suspicion")),
        migrations.AlterField(
            "jobrun",
            "state",
            models.CharField(
                choices=[("queued", "Queued"), ("running", "Running"), ("waiting", "Waiting for its retry"), ("asking", "Waiting for an answer"), ("succeeded", "Succeeded"), ("failed", "Failed"), ("skipped", "Skipped"), ("cancelled", "Cancelled")],
                default="queued",
                max_length=10,
                verbose_name="state",
            ),
        ),
        RemoveIndexConcurrently("jobrun", "run_open"),
        AddIndexConcurrently(
            "jobrun",
            models.Index(condition=models.Q(("state__in", ["queued", "running", "waiting", "asking"])), fields=["state"], name="run_open"),
        ),
    ]
