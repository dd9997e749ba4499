import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A sweep may carry items over from the last, ask a person how to go on, and keep suspects and redirects."""

    dependencies = [
        ("ingest", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="sweep",
            name="answer",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="sweep",
            name="answered_at",
            field=models.DateTimeField(blank=True, help_text="Its age counts from here, where it is set.", null=True),
        ),
        migrations.AddField(
            model_name="sweep",
            name="asked_by",
            field=models.BigIntegerField(blank=True, help_text="The run that asked how to go on.", null=True),
        ),
        migrations.AddField(
            model_name="sweep",
            name="base_id",
            field=models.BigIntegerField(
                blank=True, help_text="The sweep from which unchanged items are carried over; none: whole.", null=True
            ),
        ),
        migrations.AddField(
            model_name="sweep",
            name="version",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Of what is kept of an item."),
        ),
        migrations.AddField(
            model_name="sweep",
            name="whole_at",
            field=models.DateTimeField(blank=True, help_text="When everything was last read anew.", null=True),
        ),
        migrations.AddField(
            model_name="sweepitem",
            name="reached",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "a pair or a credit names it"),
                    ("redirect", "a redirect leads to it, or from it to others in its pairs"),
                    ("suspect", "it was asked for by itself"),
                ],
                db_default="",
                default="",
                help_text="What it was needed for.",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="sweepitem",
            name="target",
            field=models.BigIntegerField(help_text="The item that a redirect leads to in the end.", null=True),
        ),
        migrations.AlterField(
            model_name="sweep",
            name="phase",
            field=models.CharField(
                choices=[
                    ("classes", "reading the class tree"),
                    ("edges", "reading what is based on what"),
                    ("changes", "reading what has changed"),
                    ("items", "reading works and screen works"),
                    ("people", "reading people"),
                    ("suspects", "asking for what has vanished"),
                    ("merge", "writing the catalogue"),
                    ("done", "done"),
                ],
                default="classes",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="sweepitem",
            name="side",
            field=models.CharField(
                choices=[
                    ("pending", "not read yet"),
                    ("work", "work"),
                    ("screen", "screen work"),
                    ("person", "person"),
                    ("other", "none of these"),
                    ("redirect", "redirects to another"),
                    ("absent", "not there"),
                ],
                default="pending",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="SweepSuspect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("adaptation_id", models.BigIntegerField()),
                ("subject", models.BigIntegerField()),
                ("source", models.BigIntegerField()),
                ("is_remake", models.BooleanField()),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not asked yet"),
                            ("stated", "still stated"),
                            ("unstated", "no longer stated"),
                            ("other_side", "its source is now on the other side"),
                            ("screen_gone", "the screen work's item is gone"),
                            ("source_gone", "the source's item is gone"),
                            ("kept", "kept, as somebody said"),
                        ],
                        db_default="",
                        default="",
                        max_length=12,
                    ),
                ),
                (
                    "sweep",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suspects",
                        to="ingest.sweep",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("sweep", "adaptation_id"), name="sweep_suspect_once")],
            },
        ),
    ]
