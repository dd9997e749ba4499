from django.db import migrations, models


class Migration(migrations.Migration):
    """A run asks again for what it failed to read itself."""

    dependencies = [
        ('ingest', '0009_how_rows_were_made'),
    ]

    operations = [
        migrations.AddField(
            model_name='sourcestate',
            name='run_id',
            field=models.BigIntegerField(blank=True, help_text='The run that last asked for it.', null=True),
        ),
    ]
