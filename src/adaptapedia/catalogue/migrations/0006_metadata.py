import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What TMDb and Open Library say of entries, in tables of their own, and who is on screen."""

    dependencies = [
        ('catalogue', '0005_why_retired'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImageSizes',
            fields=[
                ('source', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='source')),
                ('base_url', models.TextField(verbose_name='address')),
                ('posters', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None, verbose_name='sizes of posters')),
                ('backdrops', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None, verbose_name='sizes of backdrops')),
                ('profiles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None, verbose_name='sizes of portraits')),
                ('logos', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None, verbose_name='sizes of logos')),
            ],
            options={
                'verbose_name': 'sizes of images',
                'verbose_name_plural': 'sizes of images',
            },
        ),
        migrations.AlterField(
            model_name='screencredit',
            name='role',
            field=models.CharField(choices=[('director', 'Director'), ('creator', 'Creator'), ('screenwriter', 'Screenwriter'), ('cast', 'Cast')], max_length=12, verbose_name='role'),
        ),
        migrations.CreateModel(
            name='ScreenMetadata',
            fields=[
                ('digest', models.BigIntegerField(editable=False)),
                ('provenance', models.JSONField(blank=True, default=dict)),
                ('locks', models.JSONField(blank=True, default=dict)),
                ('changed_at', models.DateTimeField(help_text='When the source last said something new.', verbose_name='changed')),
                ('screen_work', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='metadata', serialize=False, to='catalogue.screenwork', verbose_name='screen work')),
                ('kind', models.CharField(choices=[('movie', 'Film'), ('tv', 'Series')], max_length=5, verbose_name='kind at TMDb')),
                ('tmdb_id', models.BigIntegerField(verbose_name="TMDb's number")),
                ('title', models.TextField(blank=True, verbose_name='title at TMDb')),
                ('overview', models.TextField(blank=True, verbose_name='overview')),
                ('tagline', models.TextField(blank=True, verbose_name='tagline')),
                ('status', models.CharField(blank=True, max_length=40, verbose_name='status')),
                ('homepage', models.TextField(blank=True, verbose_name='home page')),
                ('released', models.DateField(blank=True, help_text='Of a series, its first broadcast.', null=True, verbose_name='released')),
                ('ended', models.DateField(blank=True, null=True, verbose_name='last broadcast')),
                ('runtime', models.IntegerField(blank=True, help_text='Of a series, of an episode.', null=True, verbose_name='minutes')),
                ('episodes', models.IntegerField(blank=True, null=True, verbose_name='episodes')),
                ('popularity', models.FloatField(default=0, verbose_name='popularity')),
                ('vote_average', models.FloatField(default=0, verbose_name='average vote')),
                ('votes', models.IntegerField(default=0, verbose_name='votes')),
                ('genres', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='genres')),
                ('keywords', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='keywords')),
                ('poster_path', models.CharField(blank=True, max_length=200, verbose_name='poster')),
                ('backdrop_path', models.CharField(blank=True, max_length=200, verbose_name='backdrop')),
                ('certificates', models.JSONField(blank=True, default=dict, help_text='{"DE": ["12"]}', verbose_name='certificates')),
                ('trailers', models.JSONField(blank=True, default=list, help_text='[{"site", "key", "name", "language", "official"}]', verbose_name='trailers')),
                ('providers', models.JSONField(blank=True, default=dict, help_text='JustWatch\'s: {"DE": {"link": "…", "flatrate": [[8, "Netflix"]]}}', verbose_name='where to watch')),
                ('seasons', models.JSONField(blank=True, default=list, help_text='[{"number", "name", "aired", "episodes", "poster_path"}]', verbose_name='seasons')),
                ('cast', models.JSONField(blank=True, default=list, help_text='[{"id", "name", "character", "profile_path"}], best billed first', verbose_name='cast')),
            ],
            options={
                'verbose_name': 'metadata of a screen work',
                'verbose_name_plural': 'metadata of screen works',
                'indexes': [models.Index(fields=['kind', 'tmdb_id'], name='screen_metadata_ref')],
            },
        ),
        migrations.CreateModel(
            name='WorkMetadata',
            fields=[
                ('digest', models.BigIntegerField(editable=False)),
                ('provenance', models.JSONField(blank=True, default=dict)),
                ('locks', models.JSONField(blank=True, default=dict)),
                ('changed_at', models.DateTimeField(help_text='When the source last said something new.', verbose_name='changed')),
                ('work', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='metadata', serialize=False, to='catalogue.work', verbose_name='work')),
                ('key', models.CharField(help_text='Such as OL893415W.', max_length=20, verbose_name='key at Open Library')),
                ('title', models.TextField(blank=True, verbose_name='title at Open Library')),
                ('first_year', models.IntegerField(blank=True, null=True, verbose_name='first year')),
                ('authors', models.JSONField(blank=True, default=list, help_text='[["OL79034A", "Frank Herbert"]]', verbose_name='authors')),
                ('subjects', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='subjects')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, help_text='MARC codes: eng, fre.', size=None, verbose_name='languages')),
                ('cover_id', models.BigIntegerField(blank=True, null=True, verbose_name='cover')),
                ('editions', models.IntegerField(blank=True, null=True, verbose_name='editions')),
                ('rating', models.FloatField(blank=True, help_text='1 to 5.', null=True, verbose_name='rating')),
                ('ratings', models.IntegerField(blank=True, null=True, verbose_name='ratings')),
                ('description', models.TextField(blank=True, db_default='', default='', verbose_name='description')),
            ],
            options={
                'verbose_name': 'metadata of a work',
                'verbose_name_plural': 'metadata of works',
                'indexes': [models.Index(fields=['key'], name='work_metadata_key')],
            },
        ),
    ]
