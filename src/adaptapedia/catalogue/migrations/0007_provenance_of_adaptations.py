from django.db import migrations, models


class Migration(migrations.Migration):
    """What of an adaptation did not come with it says where it came from. A constant default: no row is written."""

    dependencies = [
        ('catalogue', '0006_metadata'),
    ]

    operations = [
        migrations.AddField(
            model_name='adaptation',
            name='provenance',
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
