"""Triggers that keep what is edited in SQL or in bulk, in the table and the shape of django-auditlog.

What is saved through a model django-auditlog has put down already, before the row is written: then the newest entry
of that row tells this very change. An older change is not taken for it: between two equal changes of a row lies the
one that took the first back, and what was put down more than a minute before the transaction began is not looked at.
What is deleted through a model it puts down after the row has gone, but within the transaction, so that deletions are
looked at when that commits.
"""

from django.db import migrations

SCHEDULE = "django_celery_beat_periodictask"
COMPANION = "scheduling_schedulecompanion"

# By table: the app and the model, what names a row (`it`), and the columns that people change.
KEPT = {
    SCHEDULE: (
        "django_celery_beat.periodictask",
        "it.name",
        "id name task interval_id crontab_id solar_id clocked_id args kwargs queue exchange routing_key headers "
        "priority expires expire_seconds one_off start_time enabled description",
    ),
    COMPANION: (
        "scheduling.schedulecompanion",
        f"coalesce((SELECT name FROM {SCHEDULE} WHERE id = it.schedule_id), it.schedule_id::text)",
        "schedule_id days missed missed_bound overlap jitter soft_limit hard_limit retries retry_after backoff "
        "backoff_max",
    ),
    "django_celery_beat_crontabschedule": (
        "django_celery_beat.crontabschedule",
        "concat_ws(' ', it.minute, it.hour, it.day_of_month, it.month_of_year, it.day_of_week, it.timezone)",
        "id minute hour day_of_month month_of_year day_of_week timezone",
    ),
    "django_celery_beat_intervalschedule": (
        "django_celery_beat.intervalschedule",
        "concat_ws(' ', 'every', it.every, it.period)",
        "id every period",
    ),
    "django_celery_beat_clockedschedule": (
        "django_celery_beat.clockedschedule",
        "scheduling_told(it.clocked_time)",
        "id clocked_time",
    ),
    "django_celery_beat_solarschedule": (
        "django_celery_beat.solarschedule",
        "concat_ws(' ', it.event, it.latitude, it.longitude)",
        "id event latitude longitude",
    ),
}

# As Python writes it. The text between is there because each branch must compile for every type. No plain SQL function:
# 40 of those, inlined, are planned anew for each row.
TOLD = """
CREATE FUNCTION scheduling_told(value anyelement) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    seconds numeric;
    days numeric;
BEGIN
    IF value IS NULL THEN
        RETURN 'None';
    ELSIF pg_typeof(value) = 'boolean'::regtype THEN
        RETURN initcap(value::text);
    ELSIF pg_typeof(value) = 'timestamptz'::regtype THEN
        RETURN replace(
            to_char(value::text::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', ''
        );
    ELSIF pg_typeof(value) = 'interval'::regtype AND isfinite(value::text::interval) THEN
        seconds := extract(epoch FROM value::text::interval);
        days := floor(seconds / 86400);
        RETURN CASE WHEN days = 0 THEN '' WHEN abs(days) = 1 THEN days || ' day, ' ELSE days || ' days, ' END
            || replace(to_char(make_interval(secs => seconds - days * 86400), 'FMHH24:MI:SS.US'), '.000000', '');
    END IF;
    RETURN value::text;
END $$;
"""

# Two changes are the same where only zeros at the end of a fraction differ: a model may be given 2 for 2.0.
# The newest entry is looked for among those of its row, by index, however few entries there were when this was
# planned: an update of many rows writes many.
KEEP = r"""
CREATE FUNCTION scheduling_same(one jsonb, other jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace(one::text, '\.0+"|(\.\d*[1-9])0+"', '\1"', 'g')
        = regexp_replace(other::text, '\.0+"|(\.\d*[1-9])0+"', '\1"', 'g')
$$;
CREATE FUNCTION scheduling_keep(app text, kind text, key bigint, name text, act int, before jsonb, after jsonb)
RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO auditlog_logentry (content_type_id, object_pk, object_id, object_repr, action, changes, changes_text,
        timestamp, additional_data)
    SELECT content_type.id, key, key, name, act, told.changes, '', clock_timestamp(),
        -- Anybody may call themselves beat, so that holds only for who could write here anyway.
        CASE WHEN current_setting('application_name') = 'beat'
                AND has_table_privilege(session_user, 'auditlog_logentry', 'INSERT')
            THEN '{"called": "beat"}' ELSE jsonb_build_object('role', session_user) END
    FROM django_content_type AS content_type CROSS JOIN (
        SELECT jsonb_object_agg(field, jsonb_build_array(was, after -> field)) AS changes
        FROM jsonb_each(before) AS of_before (field, was) WHERE was <> after -> field
    ) AS told
    WHERE content_type.app_label = app AND content_type.model = kind AND NOT EXISTS (
        WITH of_row AS MATERIALIZED (
            SELECT id, action, changes FROM auditlog_logentry
            WHERE object_pk = key::text AND content_type_id = content_type.id
                AND timestamp > now() - interval '1 minute'
        ), newest AS (SELECT action, changes FROM of_row ORDER BY id DESC LIMIT 1)
        SELECT FROM newest WHERE action = act AND (act = 2 OR scheduling_same(changes, told.changes))
    );
END $$;
"""


def _keep(table: str, kind: str, name: str, columns: list[str]) -> str:
    """Update is 1 in django-auditlog, delete is 2; fields are called as in the model."""
    app, _, model = kind.partition(".")
    before, after = (
        ", ".join(f"'{column.removesuffix('_id')}', scheduling_told({row}.{column})" for column in columns)
        for row in ("OLD", "NEW")
    )
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"""
CREATE FUNCTION scheduling_keep_{model}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    it {table} := coalesce(NEW, OLD);
    before jsonb := jsonb_build_object({before});
    after jsonb := jsonb_build_object({after});
BEGIN
    PERFORM scheduling_keep(
        '{app}', '{model}', OLD.{columns[0]}, {name}, CASE TG_OP WHEN 'UPDATE' THEN 1 ELSE 2 END, before, after
    );
    RETURN NULL;
END $$;
CREATE TRIGGER scheduling_keep_update AFTER UPDATE ON {table} FOR EACH ROW
    WHEN (({old}) IS DISTINCT FROM ({new}))
    EXECUTE FUNCTION scheduling_keep_{model}();
CREATE CONSTRAINT TRIGGER scheduling_keep_delete AFTER DELETE ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION scheduling_keep_{model}();
"""


# Who may edit schedules need not be able to write the record of it: the triggers' functions do that with the rights of
# their owner. Nobody else may call them, or give them tables of their own to read (PostgreSQL's manual, CREATE
# FUNCTION, "Writing SECURITY DEFINER Functions Safely"). Where everybody may make functions beside them, as in a
# database from before PostgreSQL 15, that would not be safe: there who edits needs the right to write the record.
GUARD = """
DO $$
DECLARE
    it regprocedure;
BEGIN
    IF has_schema_privilege('public', current_schema(), 'CREATE') THEN
        RETURN;
    END IF;
    FOR it IN SELECT oid FROM pg_proc WHERE proname LIKE 'scheduling\\_keep%' AND pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', it);
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = %I, pg_temp', it, current_schema());
    END LOOP;
END $$;
"""


FORGET = "\n".join(
    [
        *(
            f"DROP TRIGGER scheduling_keep_update ON {table}; DROP TRIGGER scheduling_keep_delete ON {table};"
            f"DROP FUNCTION scheduling_keep_{kind.partition('.')[2]}();"
            for table, (kind, _, _) in KEPT.items()
        ),
        "DROP FUNCTION scheduling_keep; DROP FUNCTION scheduling_same; DROP FUNCTION scheduling_told;",
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0004_indexes_of_the_engine"),
        ("auditlog", "0017_add_actor_email"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [
        migrations.RunSQL(
            [
                TOLD,
                KEEP,
                *(_keep(table, kind, name, columns.split()) for table, (kind, name, columns) in KEPT.items()),
                GUARD,
            ],
            FORGET,
        )
    ]
