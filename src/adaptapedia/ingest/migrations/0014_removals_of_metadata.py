from django.db import migrations, models


class Migration(migrations.Migration):
    """What of TMDb's and Open Library's has gone, each title by itself."""

    dependencies = [
        ('ingest', '0013_reasons_that_tmdb_gives'),
    ]

    operations = [
        migrations.CreateModel(
            name='Removal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=20, verbose_name='source')),
                ('key', models.CharField(help_text="As the upstream's addresses have it: movie/841, person/5602.", max_length=40, verbose_name='what went')),
                ('entry_id', models.BigIntegerField(help_text='Its number in the catalogue.', verbose_name='entry')),
                ('reason', models.CharField(choices=[('expired', 'not refreshed for six months'), ('untied', "not the entry's title, or not any more"), ('uncredited', 'a person whom nobody credits any more')], max_length=12, verbose_name='reason')),
                ('refreshed_at', models.DateTimeField(blank=True, null=True, verbose_name='last answered')),
                ('credits', models.PositiveIntegerField(default=0, verbose_name='credits that went with it')),
                ('run_id', models.BigIntegerField(blank=True, help_text="Empty: a person's decision about a match did.", null=True, verbose_name='run that removed it')),
                ('removed_at', models.DateTimeField(verbose_name='removed')),
            ],
            options={
                'verbose_name': 'removal',
                'verbose_name_plural': 'removals',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['source', 'key'], name='removal_by_key')],
            },
        ),
    ]
