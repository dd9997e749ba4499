import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0004_last_readings_of_upstreams'),
        ('ingest', '0003_what_runs_changed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'waits for a decision'), ('accepted', 'accepted'), ('refused', 'refused'), ('none', 'none of these')], max_length=8, verbose_name='state')),
                ('ref', models.CharField(blank=True, help_text='The best candidate, or the one taken.', max_length=16, verbose_name='title')),
                ('score', models.FloatField(default=0.0, help_text='How probable it is, 0 to 1.', verbose_name='score')),
                ('evidence', models.JSONField(blank=True, default=dict, verbose_name='evidence')),
                ('candidates', models.JSONField(blank=True, default=list, help_text='The best first.', verbose_name='candidates')),
                ('refused', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list, size=None)),
                ('taken_from', models.CharField(blank=True, help_text='Whose id it was already when a person accepted it.', max_length=20)),
                ('run_id', models.BigIntegerField(blank=True, null=True, verbose_name='run that found it')),
                ('found_at', models.DateTimeField(verbose_name='found')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('screen_work', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='match', to='catalogue.screenwork')),
            ],
            options={
                'verbose_name': 'match',
                'verbose_name_plural': 'matches',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['state', '-id'], name='match_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('score__gte', 0), ('score__lte', 1)), name='match_score_is_a_probability'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), models.Q(('ref', ''), _negated=True), _connector='OR'), name='match_accepted_has_a_title')],
            },
        ),
    ]
