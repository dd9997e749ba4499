from django.db import migrations, models


class Migration(migrations.Migration):
    """What is read elsewhere than at the first endpoint takes nothing back."""

    dependencies = [
        ('ingest', '0011_endpoints_without_secrets'),
    ]

    operations = [
        migrations.AddField(
            model_name='sweep',
            name='is_fallback',
            field=models.BooleanField(db_default=False, default=False, help_text='It is read elsewhere than at the first endpoint, so that nothing is taken back by it.'),
        ),
    ]
