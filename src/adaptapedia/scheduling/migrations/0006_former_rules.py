"""An edit keeps how the schedule stood, so that what was due by that is told although no beat had seen it."""

from importlib import import_module

from django.db import migrations, models

engine = import_module(f"{__package__}.0003_engine")

MOST = 100
"""Edits that no beat has seen; of further ones only the last counts."""

# As it stands when it is called, that is before the edit, which is why the triggers come before. Nothing is kept
# where nothing can have been due: an edit that a beat has seen lies between, and the next tick is still to come.
FORMERS = f"""
CREATE FUNCTION scheduling_formers(it {engine.COMPANION}, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    stood jsonb;
BEGIN
    SELECT jsonb_build_object('until', at, 'enabled', schedule.enabled, 'fault', it.fault, 'task', schedule.task,
        'start_time', schedule.start_time, 'expires', schedule.expires, 'days', it.days, 'anchor_at', it.anchor_at,
        'every', every.every, 'period', every.period, 'clocked_time', clocked.clocked_time,
        'cron', CASE WHEN cron.id IS NOT NULL THEN jsonb_build_array(cron.minute, cron.hour, cron.day_of_month,
            cron.month_of_year, cron.day_of_week, cron.timezone) END)
    INTO stood FROM {engine.SCHEDULE} AS schedule
    LEFT JOIN django_celery_beat_crontabschedule AS cron ON cron.id = schedule.crontab_id
    LEFT JOIN django_celery_beat_intervalschedule AS every ON every.id = schedule.interval_id
    LEFT JOIN django_celery_beat_clockedschedule AS clocked ON clocked.id = schedule.clocked_id
    WHERE schedule.id = it.schedule_id AND (it.edited_at IS NOT NULL OR it.next_due_at <= at OR it.fault <> ''
        OR NOT schedule.enabled);
    RETURN CASE
        WHEN stood IS NULL THEN it.formers
        WHEN jsonb_array_length(it.formers) < {MOST} THEN it.formers || stood
        ELSE jsonb_set(it.formers, '{{-1,until}}', stood -> 'until')
    END;
END $$;
"""

NOTE_SCHEDULE = f"""
CREATE FUNCTION scheduling_note_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO {engine.COMPANION} (schedule_id, edited_at, anchor_at, paused_at)
        VALUES (NEW.id, at, at, CASE WHEN NEW.enabled THEN NULL ELSE at END)
        ON CONFLICT (schedule_id) DO NOTHING;
    ELSE
        UPDATE {engine.COMPANION} AS companion SET
            formers = scheduling_formers(companion, at),
            edited_at = coalesce(edited_at, at),
            anchor_at = CASE WHEN OLD.interval_id IS DISTINCT FROM NEW.interval_id THEN at ELSE anchor_at END,
            paused_at = CASE WHEN OLD.enabled AND NOT NEW.enabled THEN at ELSE paused_at END
        WHERE schedule_id = NEW.id;
    END IF;
    PERFORM pg_notify('scheduling', 'edit');
    RETURN NEW;
END $$;
""" + engine.NOTE_SCHEDULE.partition("END $$;")[2].replace("AFTER UPDATE", "BEFORE UPDATE")

NOTE_RULE = "\n".join(
    f"""
CREATE FUNCTION scheduling_note_{rule}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
BEGIN
    UPDATE {engine.COMPANION} AS companion SET
        formers = scheduling_formers(companion, at),
        edited_at = coalesce(edited_at, at){", anchor_at = at" if rule == "interval" else ""}
    FROM {engine.SCHEDULE} AS schedule
    WHERE schedule.id = companion.schedule_id AND schedule.{rule}_id = NEW.id;
    PERFORM pg_notify('scheduling', 'edit');
    RETURN NEW;
END $$;
CREATE TRIGGER scheduling_edited_{rule} BEFORE UPDATE ON django_celery_beat_{rule}schedule FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION scheduling_note_{rule}();
"""
    for rule in engine.RULES
)

NOTE_POLICY = """
CREATE FUNCTION scheduling_note_policy() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
BEGIN
    NEW.formers := scheduling_formers(OLD, at);
    NEW.edited_at := coalesce(OLD.edited_at, at);
    PERFORM pg_notify('scheduling', 'edit');
    RETURN NEW;
END $$;
""" + engine.NOTE_POLICY.partition("END $$;")[2]

# Who may edit schedules need not be able to read their rules. Where everybody may make functions beside this one it
# has the rights of who edits instead (PostgreSQL's manual, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely").
GUARD = """
DO $$
BEGIN
    IF NOT has_schema_privilege('public', current_schema(), 'CREATE') THEN
        EXECUTE format('ALTER FUNCTION scheduling_formers SECURITY DEFINER SET search_path = %I, pg_temp', current_schema());
    END IF;
END $$;
"""
FORGET = "\n".join(statement for statement in engine.FORGET.splitlines() if "scheduling_void" not in statement)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0005_keep_edits")]
    operations = [
        migrations.AddField(
            model_name="schedulecompanion",
            name="formers",
            field=models.JSONField(
                blank=True,
                db_default=[],
                default=list,
                help_text="How it stood before edits, while ticks of then are owed.",
            ),
        ),
        migrations.RunSQL(
            [engine.FORGET, FORMERS, NOTE_SCHEDULE, NOTE_RULE, NOTE_POLICY, GUARD],
            [
                FORGET,
                "DROP FUNCTION scheduling_formers;",
                engine.NOTE_SCHEDULE,
                engine.NOTE_RULE,
                engine.NOTE_POLICY,
                engine.VOID,
            ],
        ),
    ]
