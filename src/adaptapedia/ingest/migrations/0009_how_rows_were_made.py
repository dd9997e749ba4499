from django.db import migrations, models


class Migration(migrations.Migration):
    """An ETag is sent along only where rows are still made as they were when it came."""

    dependencies = [
        ('ingest', '0008_works_that_moved'),
    ]

    operations = [
        migrations.AddField(
            model_name='sourcestate',
            name='version',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Of what rows were made of when it was last answered.'),
        ),
    ]
