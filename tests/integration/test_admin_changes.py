"""Who changed what is kept: from what to what, by whom, when and from where; what programs write is nobody's."""

import re
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as Act
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import change_slug, edit_entry, unlock_fields
from adaptapedia.catalogue.models import Adaptation, Work
from adaptapedia.desk.changes import kept, of_row, read
from adaptapedia.ingest.merging import merge_works
from adaptapedia.scheduling.sync import sync_schedules
from adaptapedia.sources.wikidata.records import Item, Text
from tests.integration.catalogue.test_edits import bring_work, form_of, upstream
from tests.integration.web.shelf import make_shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> User:
    person = User.objects.create_user("ada", role=User.Role.ADMINISTRATOR)
    LogEntry.objects.all().delete()
    client.force_login(person)
    return person


def told(row: object) -> list[tuple[str, str, str]]:
    """The newest change of a row, as the history page tells it."""
    (newest, *_) = read(of_row(row))
    return [(line.field, line.before, line.after) for line in newest.differences]


def test_an_edit_in_the_admin_is_put_down_to_who_made_it(client: Client, ada: User) -> None:
    work = bring_work()
    client.post(f"/admin/catalogue/work/{work.pk}/change/", form_of(client, work) | {"year": "1966", "form": "play"})

    entry = of_row(work).first()
    assert (entry.actor, entry.remote_addr) == (ada, "127.0.0.1")
    assert ("year", "1965", "1966") in told(work)
    assert ("form", "Novel", "Play") in told(work)
    page = client.get(f"/admin/catalogue/work/{work.pk}/history/").content.decode()
    assert "Changed by ada" in page
    assert "from 127.0.0.1" in page
    assert "1966" in client.get(f"/admin/auditlog/logentry/{entry.pk}/change/").content.decode()
    assert client.get("/admin/auditlog/logentry/", {"q": "ada"}).context["cl"].result_count == 1


def test_a_change_by_somebody_who_has_gone_is_not_put_down_to_the_system(client: Client, ada: User) -> None:
    work = bring_work()
    client.post(f"/admin/catalogue/work/{work.pk}/address/", {"slug": "another"})
    entry = of_row(work).first()
    client.force_login(User.objects.create_user("grace", role=User.Role.ADMINISTRATOR))
    ada.delete()

    gone = f"somebody who has gone (account {entry.additional_data['by']})"
    assert f"by {gone}" in client.get(f"/admin/catalogue/work/{work.pk}/history/").content.decode()
    assert gone in client.get(f"/admin/auditlog/logentry/{entry.pk}/change/").content.decode()
    assert gone in client.get("/admin/auditlog/logentry/").content.decode()


def test_moderators_see_who_changed_an_entry_but_not_from_where(client: Client, ada: User) -> None:
    work = bring_work()
    client.post(f"/admin/catalogue/work/{work.pk}/address/", {"slug": "another"})
    client.force_login(User.objects.create_user("grace", role=User.Role.MODERATOR))
    page = client.get(f"/admin/catalogue/work/{work.pk}/history/").content.decode()
    assert "Changed by ada" in page
    assert "127.0.0.1" not in page


def test_what_programs_write_is_the_systems(ada: User) -> None:
    sync_schedules()
    assert LogEntry.objects.filter(action=LogEntry.Action.CREATE).exists()
    assert not LogEntry.objects.exclude(actor=None).exists()


def test_bulk_ingestion_leaves_no_trace_here(ada: User) -> None:
    bring_work()
    merge_works([(Item(qid=190192, label=Text("Dune 2", "en")), "novel")], origin=upstream())
    assert LogEntry.objects.count() == 0


def test_what_beat_counts_in_a_schedule_is_no_change(ada: User) -> None:
    rule = CrontabSchedule.objects.create(minute="0", timezone="UTC")
    row = PeriodicTask.objects.create(name="one", task="health_check", crontab=rule)
    LogEntry.objects.all().delete()
    row.total_run_count += 1
    with CaptureQueriesContext(connection) as made:
        row.save(update_fields=["last_run_at", "total_run_count", "date_changed"])
    assert not [query for query in made if "auditlog" in query["sql"]]
    assert LogEntry.objects.count() == 0


def test_schedules_that_are_paused_together_are_put_down_one_by_one(client: Client, ada: User) -> None:
    sync_schedules()
    rows = [*PeriodicTask.objects.all()]
    client.post(
        "/admin/django_celery_beat/periodictask/", {"action": "pause", "_selected_action": [row.pk for row in rows]}
    )
    for row in rows:
        assert told(row) == [("Enabled", "yes", "no")]
        assert of_row(row).first().actor == ada


def test_a_schedules_new_rule_is_told_by_its_name(ada: User) -> None:
    old, new = (CrontabSchedule.objects.create(minute=minute, timezone="UTC") for minute in "01")
    row = PeriodicTask.objects.create(name="one", task="health_check", crontab=old)
    row.crontab = new
    row.save()
    assert told(row) == [("Crontab Schedule", str(old), str(new))]


def test_acts_on_an_entry_are_kept(ada: User) -> None:
    work = bring_work()
    change_slug(work, to="arrakis")
    assert told(work) == [("slug", "dune", "arrakis")]
    edit_entry(work, {"year": 1966}, by=ada)
    unlock_fields(work, ["year"])
    ((field, before, after),) = told(work)
    assert (field, after) == ("locks", "{}")
    assert '"year"' in before


def test_an_unlocked_field_follows_its_upstream_at_the_next_reading_even_of_the_same_record(ada: User) -> None:
    work = bring_work()
    edit_entry(work, {"year": 1966}, by=ada)
    assert bring_work().year == 1966
    work.refresh_from_db()

    assert unlock_fields(work, ["year", "title"]) == {"year"}
    assert work.year == 1966
    assert bring_work().year == 1965
    assert unlock_fields(work, ["year"]) == frozenset()


def test_the_admin_unlocks_what_is_ticked_and_asks_for_something(client: Client, ada: User) -> None:
    work = bring_work()
    edit_entry(work, {"year": 1966, "form": "play"}, by=ada)
    address = f"/admin/catalogue/work/{work.pk}/unlock/"
    assert client.post(address).status_code == 200
    assert client.post(address, {"fields_locked": "title"}).status_code == 200
    assert client.post(address, {"fields_locked": "year"}).status_code == 302
    work.refresh_from_db()
    assert set(work.locks) == {"form"}


def test_an_address_moves_and_one_that_is_taken_is_refused(client: Client, ada: User) -> None:
    work = bring_work()
    merge_works([(Item(qid=7, label=Text("Emma", "en")), "novel")], origin=upstream())
    address = f"/admin/catalogue/work/{work.pk}/address/"
    assert "Another entry has this address" in client.post(address, {"slug": "emma"}).content.decode()
    assert "Small letters" in client.post(address, {"slug": "No such"}).content.decode()
    assert client.post(address, {"slug": "arrakis"}).status_code == 302
    work.refresh_from_db()
    assert work.slug == "arrakis"
    assert "dune" in client.get(f"/admin/catalogue/work/{work.pk}/change/").content.decode()


def test_a_wrong_field_of_an_act_points_at_what_is_wrong(client: Client, ada: User) -> None:
    page = client.post(f"/admin/catalogue/work/{bring_work().pk}/address/", {"slug": "No such"}).content.decode()
    (described,) = re.findall(r'aria-describedby="([^"]+)"', page)
    assert "id_slug_error" in described.split()
    assert all(f'id="{part}"' in page for part in described.split())


def test_an_adaptation_is_retired_and_restored_by_acts_and_not_by_a_date(client: Client, ada: User) -> None:
    make_shelf()
    row = Adaptation.objects.first()
    assert row is not None
    address = f"/admin/catalogue/adaptation/{row.pk}/"
    assert "retired_at" not in client.get(f"{address}change/").context["adminform"].form.fields
    assert client.post(f"{address}retire/").status_code == 302
    row.refresh_from_db()
    assert row.retired_at is not None
    assert of_row(row).first().actor == ada
    assert client.post(f"{address}restore/").status_code == 302
    row.refresh_from_db()
    assert (row.retired_at, row.source) == (None, "wikidata")
    assert row.provenance["retired_at"][:2] == ["person", ada.pk]
    assert ada.username in client.get(f"{address}change/").context["adminform"].model_admin.sources(row)


def test_an_adaptation_that_an_ingestion_retired_and_a_person_restores_is_theirs(client: Client, ada: User) -> None:
    make_shelf()
    row = Adaptation.objects.first()
    assert row is not None
    Adaptation.objects.filter(pk=row.pk).update(retired_at=timezone.now(), retired_reason="unstated")
    assert client.post(f"/admin/catalogue/adaptation/{row.pk}/restore/").status_code == 302
    row.refresh_from_db()
    assert (row.retired_at, row.retired_reason, row.source) == (None, "", "person")


def test_there_is_no_year_0(client: Client, ada: User) -> None:
    work = bring_work()
    page = client.post(f"/admin/catalogue/work/{work.pk}/change/", form_of(client, work) | {"year": "0"})
    assert "There was no year 0." in page.content.decode()


@pytest.mark.parametrize("term", ["ada", "arrak", "ARRAKIS", "number"])
def test_changes_are_found_by_who_by_number_and_by_a_part_of_the_name(client: Client, ada: User, term: str) -> None:
    work = bring_work()
    edit_entry(work, {"title": "Arrakis"}, by=ada)
    LogEntry.objects.update(actor=ada)
    asked = {"q": str(work.pk) if term == "number" else term}
    assert client.get("/admin/auditlog/logentry/", asked).context["cl"].result_count == 1
    assert client.get("/admin/auditlog/logentry/", {"q": "nothing so called"}).context["cl"].result_count == 0


def test_words_of_a_name_are_looked_up_and_not_looked_for_row_by_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for model in (LogEntry, Act):
            plan = model.objects.filter(object_repr__icontains="arrakis").order_by().explain()
            assert "repr_trgm" in plan


def test_no_password_is_written_down_and_of_an_address_only_half(client: Client, ada: User) -> None:
    grace = User.objects.create_user("grace", email="grace@example.org", password="orchard-hinge-41")
    grace.email = "hopper@example.org"
    grace.set_password("a lantern in the library")
    grace.save()
    kept_of_her = str([*of_row(grace).values_list("changes", flat=True)])
    assert "argon2" not in kept_of_her
    assert "pbkdf2" not in kept_of_her
    assert "grace@" not in kept_of_her
    assert "ample.org" in kept_of_her


def test_somebody_who_deletes_their_own_account_leaves_no_pointer_behind(ada: User, client: Client) -> None:
    from adaptapedia.desk import changes

    request = RequestFactory().post("/")
    request.user = ada
    changes.HoldRequest(lambda _: ada.delete())(request)  # type: ignore[arg-type,return-value]
    entry = LogEntry.objects.get(action=LogEntry.Action.DELETE)
    assert (entry.actor, entry.object_repr) == (None, "ada")
    connection.check_constraints()


@pytest.mark.parametrize(
    ("forwarded", "proxied", "stands"),
    [
        ("203.0.113.9, 198.51.100.7", True, "198.51.100.7"),
        ("203.0.113.9", False, "127.0.0.1"),
        ("nonsense", True, "127.0.0.1"),
        ("[2001:db8::1]:4711", True, "2001:db8::1"),
        ("::ffff:203.0.113.7", True, "203.0.113.7"),
    ],
)
def test_a_change_comes_from_where_accounts_say_too(
    client: Client, ada: User, settings: Any, forwarded: str, proxied: bool, stands: str
) -> None:
    settings.BEHIND_A_PROXY = proxied
    work = bring_work()
    address = f"/admin/catalogue/work/{work.pk}/address/"
    client.post(address, {"slug": "arrakis"}, headers={"X-Forwarded-For": forwarded})
    assert of_row(work).first().remote_addr == stands


def test_a_reader_without_a_session_is_never_looked_up(client: Client) -> None:
    with CaptureQueriesContext(connection) as made:
        answer = client.get("/healthz")
    assert len(made) == 0
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_what_people_edit_is_what_is_kept() -> None:
    assert all(kept(model) for model in (Work, User, PeriodicTask, CrontabSchedule))
