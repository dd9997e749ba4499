import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What runs change is kept until it is old; differing values wait for review; runs can be taken back."""

    dependencies = [
        ('ingest', '0002_sweeps_that_carry_over'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reverted_run_id', models.BigIntegerField(unique=True)),
                ('run_id', models.BigIntegerField(help_text='The run that took it back.')),
                ('by', models.CharField(max_length=150)),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('counts', models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run_id', models.BigIntegerField(null=True)),
                ('source', models.CharField(max_length=20)),
                ('table_name', models.CharField(max_length=63)),
                ('row_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('before', models.JSONField()),
            ],
            options={
                'indexes': [models.Index(fields=['run_id', 'table_name', 'row_id'], name='change_of_run'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['at'], name='change_by_age')],
            },
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('work', 'work'), ('screen_work', 'screen work'), ('person', 'person')], max_length=12, verbose_name='kind')),
                ('entry_id', models.BigIntegerField(verbose_name='entry')),
                ('field', models.CharField(max_length=40, verbose_name='field')),
                ('theirs', models.JSONField(help_text='{"year": 1965}, {"title": "Dune", "title_language": "en"}', verbose_name='upstream says')),
                ('source', models.CharField(max_length=20, verbose_name='source')),
                ('run_id', models.BigIntegerField(blank=True, null=True, verbose_name='run that saw it first')),
                ('first_seen_at', models.DateTimeField(verbose_name='first seen')),
                ('kept_at', models.DateTimeField(blank=True, null=True, verbose_name='ours was kept')),
                ('kept_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='kept by')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('kept_at__isnull', True)), fields=['-id'], name='difference_waiting')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'entry_id', 'field', 'source'), name='difference_once')],
            },
        ),
    ]
