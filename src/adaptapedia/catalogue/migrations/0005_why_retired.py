from django.db import migrations, models


class Migration(migrations.Migration):
    """Why ingestion retired something, so that it restores no more than that."""

    dependencies = [
        ("catalogue", "0004_last_readings_of_upstreams"),
    ]

    operations = [
        migrations.AddField(
            model_name="adaptation",
            name="retired_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("gone", "its item is gone upstream"),
                    ("unstated", "upstream states it no longer"),
                    ("with_entry", "the item of one of its sides is gone upstream"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="why it was retired",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="retired_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("gone", "its item is gone upstream"),
                    ("unstated", "upstream states it no longer"),
                    ("with_entry", "the item of one of its sides is gone upstream"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="why it was retired",
            ),
        ),
        migrations.AddField(
            model_name="screenwork",
            name="retired_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("gone", "its item is gone upstream"),
                    ("unstated", "upstream states it no longer"),
                    ("with_entry", "the item of one of its sides is gone upstream"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="why it was retired",
            ),
        ),
        migrations.AddField(
            model_name="work",
            name="retired_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("gone", "its item is gone upstream"),
                    ("unstated", "upstream states it no longer"),
                    ("with_entry", "the item of one of its sides is gone upstream"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="why it was retired",
            ),
        ),
    ]
