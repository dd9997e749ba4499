from django.db import migrations, models


class Migration(migrations.Migration):
    """When something was last answered and what became of the question; refreshes that take several attempts."""

    dependencies = [
        ('ingest', '0004_matches'),
    ]

    operations = [
        migrations.CreateModel(
            name='Refresh',
            fields=[
                ('run_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=20)),
                ('started_at', models.DateTimeField()),
                ('counts', models.JSONField(blank=True, default=dict)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='sourcestate',
            name='outcome',
            field=models.CharField(blank=True, choices=[('', 'there'), ('gone', 'the upstream does not have it'), ('unmatched', 'nothing was found for it'), ('review', 'what was found waits for a person'), ('failed', 'the upstream could not answer')], db_default='', default='', max_length=10, verbose_name='outcome'),
        ),
        migrations.AddField(
            model_name='sourcestate',
            name='refreshed_at',
            field=models.DateTimeField(blank=True, help_text='How long what came of it may be kept counts from here.', null=True, verbose_name='last answered'),
        ),
        migrations.AlterField(
            model_name='sourcestate',
            name='key',
            field=models.CharField(help_text="The upstream's own id, such as Q42 or movie/841; screen/7 for what has none yet.", max_length=40),
        ),
        migrations.AlterField(
            model_name='sourcestate',
            name='read_at',
            field=models.DateTimeField(verbose_name='last asked for'),
        ),
    ]
