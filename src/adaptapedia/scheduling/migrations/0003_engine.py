"""What the engine needs: the policies of a row, its place in time, and triggers that see every edit."""

import django.db.models.deletion
from django.db import migrations, models

SCHEDULE = "django_celery_beat_periodictask"
COMPANION = "scheduling_schedulecompanion"
RULES = ("crontab", "interval", "clocked")
POLICIES = (
    *("missed", "missed_bound", "overlap", "soft_limit", "hard_limit", "retries", "retry_after", "backoff"),
    "backoff_max",
)

NOTE_SCHEDULE = f"""
CREATE FUNCTION scheduling_note_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO {COMPANION} (schedule_id, edited_at, anchor_at, paused_at)
        VALUES (NEW.id, at, at, CASE WHEN NEW.enabled THEN NULL ELSE at END)
        ON CONFLICT (schedule_id) DO NOTHING;
    ELSE
        UPDATE {COMPANION} SET
            edited_at = at,
            anchor_at = CASE WHEN OLD.interval_id IS DISTINCT FROM NEW.interval_id THEN at ELSE anchor_at END,
            paused_at = CASE WHEN OLD.enabled AND NOT NEW.enabled THEN at ELSE paused_at END
        WHERE schedule_id = NEW.id;
    END IF;
    PERFORM pg_notify('scheduling', 'edit');
    RETURN NULL;
END $$;
CREATE TRIGGER scheduling_new_schedule AFTER INSERT ON {SCHEDULE}
    FOR EACH ROW EXECUTE FUNCTION scheduling_note_schedule();
CREATE TRIGGER scheduling_edited_schedule AFTER UPDATE ON {SCHEDULE} FOR EACH ROW
    WHEN ((OLD.crontab_id, OLD.interval_id, OLD.clocked_id, OLD.solar_id, OLD.start_time, OLD.expires, OLD.one_off,
           OLD.enabled, OLD.name, OLD.task, OLD.args, OLD.kwargs, OLD.headers)
        IS DISTINCT FROM
          (NEW.crontab_id, NEW.interval_id, NEW.clocked_id, NEW.solar_id, NEW.start_time, NEW.expires, NEW.one_off,
           NEW.enabled, NEW.name, NEW.task, NEW.args, NEW.kwargs, NEW.headers))
    EXECUTE FUNCTION scheduling_note_schedule();
"""

NOTE_RULE = "\n".join(
    f"""
CREATE FUNCTION scheduling_note_{rule}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
BEGIN
    UPDATE {COMPANION} AS companion SET
        edited_at = at{", anchor_at = at" if rule == "interval" else ""}
    FROM {SCHEDULE} AS schedule
    WHERE schedule.id = companion.schedule_id AND schedule.{rule}_id = NEW.id;
    PERFORM pg_notify('scheduling', 'edit');
    RETURN NULL;
END $$;
CREATE TRIGGER scheduling_edited_{rule} AFTER UPDATE ON django_celery_beat_{rule}schedule FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION scheduling_note_{rule}();
"""
    for rule in RULES
)

NOTE_POLICY = f"""
CREATE FUNCTION scheduling_note_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.edited_at := clock_timestamp();
    PERFORM pg_notify('scheduling', 'edit');
    RETURN NEW;
END $$;
CREATE TRIGGER scheduling_edited_policy BEFORE UPDATE ON {COMPANION} FOR EACH ROW
    WHEN ((OLD.days, OLD.jitter) IS DISTINCT FROM (NEW.days, NEW.jitter)
        OR OLD.fault <> '' AND ({", ".join(f"OLD.{name}" for name in POLICIES)})
            IS DISTINCT FROM ({", ".join(f"NEW.{name}" for name in POLICIES)}))
    EXECUTE FUNCTION scheduling_note_policy();
"""

# What was due only after an earlier edit, which no beat has seen yet, was due by a rule that no longer stood.
VOID = f"""
CREATE FUNCTION scheduling_void() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.next_due_at := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER scheduling_void BEFORE UPDATE ON {COMPANION} FOR EACH ROW
    WHEN (NEW.edited_at > OLD.edited_at AND OLD.paused_at IS NULL AND OLD.next_due_at > OLD.edited_at)
    EXECUTE FUNCTION scheduling_void();
"""

FORGET = "\n".join(
    [
        f"DROP TRIGGER scheduling_void ON {COMPANION};",
        f"DROP TRIGGER scheduling_new_schedule ON {SCHEDULE};",
        f"DROP TRIGGER scheduling_edited_schedule ON {SCHEDULE};",
        f"DROP TRIGGER scheduling_edited_policy ON {COMPANION};",
        *(f"DROP TRIGGER scheduling_edited_{rule} ON django_celery_beat_{rule}schedule;" for rule in RULES),
        *(f"DROP FUNCTION scheduling_note_{it}();" for it in ("schedule", "policy", *RULES)),
        "DROP FUNCTION scheduling_void();",
    ]
)

TAKE_OVER = f"""
UPDATE {COMPANION} AS companion SET
    fires_at = CASE WHEN schedule.enabled THEN companion.next_due_at END,
    edited_at = CASE WHEN companion.next_due_at IS NULL THEN clock_timestamp() END,
    paused_at = CASE WHEN NOT schedule.enabled THEN clock_timestamp() END,
    anchor_at = coalesce(schedule.start_time, schedule.last_run_at, schedule.date_changed)
FROM {SCHEDULE} AS schedule WHERE schedule.id = companion.schedule_id;
INSERT INTO {COMPANION} (schedule_id, edited_at, anchor_at, paused_at)
SELECT schedule.id, clock_timestamp(), coalesce(schedule.start_time, schedule.last_run_at, schedule.date_changed),
    CASE WHEN NOT schedule.enabled THEN clock_timestamp() END
FROM {SCHEDULE} AS schedule WHERE schedule.id NOT IN (SELECT schedule_id FROM {COMPANION});
"""


def _in_database(action: str, *, table: str, target: str) -> str:
    """Let a foreign key act by itself, so that a row deleted in SQL takes or frees what refers to it."""
    return f"""
DO $$
DECLARE
    given record;
BEGIN
    FOR given IN SELECT conname, attname FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'f' AND conrelid = '{table}'::regclass AND confrelid = '{target}'::regclass
    LOOP
        EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', given.conname);
        EXECUTE format('ALTER TABLE {table} ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES {target} (id) {action}'
            ' DEFERRABLE INITIALLY DEFERRED NOT VALID', given.conname, given.attname);
        EXECUTE format('ALTER TABLE {table} VALIDATE CONSTRAINT %I', given.conname);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_runs_that_ask"), ("django_celery_beat", "0019_alter_periodictasks_options")]
    operations = [
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('epoch', models.BigIntegerField(db_default=0)),
                ('holder', models.CharField(blank=True, db_default='', max_length=200)),
                ('backend', models.IntegerField(help_text='The process of its session in PostgreSQL.', null=True)),
                ('since', models.DateTimeField(null=True)),
                ('renewed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('beat', 'Beat'), ('worker', 'Worker')], max_length=10)),
                ('queues', models.JSONField(default=list, help_text='Of a worker: the queues that it takes.')),
                ('since', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RunLine',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('attempt', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('level', models.CharField(max_length=10)),
                ('logger', models.CharField(max_length=200)),
                ('text', models.TextField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(max_length=60)),
                ('labels', models.CharField(help_text='JSON object, keys sorted.', max_length=500)),
                ('bucket', models.FloatField(help_text="Upper bound of a histogram's bucket; -1 for its sum, 0 for a counter.")),
                ('value', models.FloatField(db_default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Trouble',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='What tells it from others: kind, then schedule or process.', max_length=300)),
                ('kind', models.CharField(max_length=30)),
                ('schedule_name', models.CharField(blank=True, db_default='', max_length=200)),
                ('expected', models.TextField()),
                ('seen', models.TextField()),
                ('page', models.CharField(help_text='The path of the page to open.', max_length=300)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('told_of_beginning', models.JSONField(db_default={}, default=dict, help_text='Channel → when: {"email": "…"}')),
                ('told_of_end', models.JSONField(db_default={}, default=dict)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='jobrun',
            name='behind',
            field=models.BigIntegerField(blank=True, help_text='It starts when that run has ended.', null=True, verbose_name='waits for run'),
        ),
        migrations.AddField(
            model_name='jobrun',
            name='cancelled_by',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='cancelled by'),
        ),
        migrations.AddField(
            model_name='jobrun',
            name='due_until',
            field=models.DateTimeField(blank=True, help_text='The last of several ticks that were skipped together.', null=True, verbose_name='due until'),
        ),
        migrations.AddField(
            model_name='jobrun',
            name='message',
            field=models.CharField(blank=True, db_default='', help_text="Celery's id of the message that was claimed, for revoking.", max_length=50),
        ),
        migrations.AddField(
            model_name='jobrun',
            name='options',
            field=models.JSONField(db_default={}, default=dict, help_text='Of its message: {"priority", "headers", "exchange", …}', verbose_name='options'),
        ),
        migrations.AddField(
            model_name='jobrun',
            name='ticks',
            field=models.PositiveIntegerField(db_default=1, default=1, verbose_name='ticks'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='anchor_at',
            field=models.DateTimeField(blank=True, help_text='The grid of an interval counts from here.', null=True),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='backoff',
            field=models.FloatField(blank=True, help_text='Each wait is so many times the one before; 1 or more.', null=True, verbose_name='back-off'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='backoff_max',
            field=models.DurationField(blank=True, null=True, verbose_name='longest wait'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='days',
            field=models.CharField(blank=True, db_default='', help_text='More on the day, beside the crontab: L, L-3, LW, 15W, FRI#2, FRIL; several with commas.', max_length=100, verbose_name='days'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='edited_at',
            field=models.DateTimeField(blank=True, help_text='Set by triggers until beat has seen it.', null=True),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='fault',
            field=models.TextField(blank=True, db_default='', help_text='Why beat leaves it out.'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='fires_at',
            field=models.DateTimeField(blank=True, help_text='When that is to be written: due, plus jitter.', null=True),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='hard_limit',
            field=models.DurationField(blank=True, null=True, verbose_name='hard limit'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='jitter',
            field=models.DurationField(blank=True, help_text='Runs start up to so much later, each schedule by its own span.', null=True, verbose_name='jitter'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='missed',
            field=models.CharField(blank=True, choices=[('latest', 'the latest, once'), ('all', 'all, the oldest first'), ('skip', 'none')], db_default='', max_length=10, verbose_name='missed ticks'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='missed_bound',
            field=models.PositiveIntegerField(blank=True, help_text='So many of the ticks missed run under “all”.', null=True, verbose_name='at most'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='overlap',
            field=models.CharField(blank=True, choices=[('skip', 'skip the new run'), ('queue', 'let one wait'), ('cancel', 'ask the older to stop'), ('allow', 'side by side')], db_default='', max_length=10, verbose_name='overlap'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='paused_at',
            field=models.DateTimeField(blank=True, help_text='Set by a trigger while it is paused.', null=True),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='retries',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='retries'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='retry_after',
            field=models.DurationField(blank=True, null=True, verbose_name='retry after'),
        ),
        migrations.AddField(
            model_name='schedulecompanion',
            name='soft_limit',
            field=models.DurationField(blank=True, null=True, verbose_name='soft limit'),
        ),
        migrations.AlterField(
            model_name='schedulecompanion',
            name='next_due_at',
            field=models.DateTimeField(blank=True, help_text='The first tick that has no run yet.', null=True),
        ),
        migrations.AlterField(
            model_name='schedulecompanion',
            name='written',
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddConstraint(
            model_name='lease',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='one_lease'),
        ),
        migrations.AddField(
            model_name='runline',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='scheduling.jobrun'),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(fields=('metric', 'labels', 'bucket'), name='one_tally'),
        ),
        migrations.AddField(
            model_name='trouble',
            name='run',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='scheduling.jobrun'),
        ),
        migrations.AddConstraint(
            model_name='trouble',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('key',), name='one_open_trouble_a_key'),
        ),
        migrations.RunSQL(_in_database("ON DELETE CASCADE", table=COMPANION, target=SCHEDULE), migrations.RunSQL.noop),
        migrations.RunSQL(
            _in_database("ON DELETE SET NULL", table="scheduling_jobrun", target=SCHEDULE), migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            _in_database("ON DELETE CASCADE", table="scheduling_runline", target="scheduling_jobrun"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            _in_database("ON DELETE SET NULL", table="scheduling_trouble", target="scheduling_jobrun"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL([NOTE_SCHEDULE, NOTE_RULE, NOTE_POLICY, VOID], FORGET),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
    ]
