from django.db import migrations, models


class Migration(migrations.Migration):
    """When an upstream was last read whole outlives the cache."""

    dependencies = [("catalogue", "0003_index_words_of_people")]

    operations = [
        migrations.CreateModel(
            name="LastReading",
            fields=[
                (
                    "source",
                    models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name="source"),
                ),
                ("at", models.DateTimeField(verbose_name="last read whole")),
            ],
        ),
    ]
