import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    """What TMDb and Open Library say otherwise than a person has written in their metadata waits too."""

    dependencies = [
        ('ingest', '0014_removals_of_metadata'),
    ]

    operations = [
        migrations.AlterField(
            model_name='difference',
            name='kind',
            field=models.CharField(
                choices=[
                    ('work', 'work'),
                    ('screen_work', 'screen work'),
                    ('person', 'person'),
                    ('work_metadata', 'metadata of a work'),
                    ('screen_metadata', 'metadata of a screen work'),
                ],
                max_length=20,
                verbose_name='kind',
            ),
        ),
        migrations.AlterField(
            model_name='difference',
            name='entry_id',
            field=models.BigIntegerField(help_text='Its number, also where the kind is its metadata.', verbose_name='entry'),
        ),
        migrations.AlterField(
            model_name='difference',
            name='theirs',
            field=models.JSONField(
                encoder=django.core.serializers.json.DjangoJSONEncoder,
                help_text='{"year": 1965}, {"title": "Dune", "title_language": "en"}',
                verbose_name='upstream says',
            ),
        ),
    ]
