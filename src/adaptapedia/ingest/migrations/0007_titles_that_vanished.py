from django.db import migrations, models


class Migration(migrations.Migration):
    """What was there and is not any more is a suspect until its run ends."""

    dependencies = [
        ('ingest', '0006_rejects_of_metadata'),
    ]

    operations = [
        migrations.AlterField(
            model_name='sourcestate',
            name='outcome',
            field=models.CharField(blank=True, choices=[('', 'there'), ('gone', 'the upstream does not have it'), ('unmatched', 'nothing was found for it'), ('review', 'what was found waits for a person'), ('failed', 'the upstream could not answer'), ('vanished', 'it was there, and is not any more')], db_default='', default='', max_length=10, verbose_name='outcome'),
        ),
    ]
