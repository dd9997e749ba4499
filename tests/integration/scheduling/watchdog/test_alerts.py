"""People are told once of a beginning and once of an end, on each channel, whatever the far end does."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sentry_sdk
from django.db import connection
from django.utils import timezone

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling.models import ScheduleCompanion, Trouble
from adaptapedia.scheduling.watchdog import alerts, rounds, start_in_beat
from adaptapedia.scheduling.watchdog.alerts import Telling, tell_now
from tests.far_ends import Listener, Mailbox, listening, mail_server
from tests.integration.scheduling.world import make_schedule
from tests.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-token-that-nobody-may-see"


@pytest.fixture
def chat(settings: Any) -> Iterator[Listener]:
    with listening() as listener:
        settings.ALERT_WEBHOOK = f"{listener.address}/hooks/{TOKEN}"
        yield listener


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", box.port, False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.ALERT_EMAIL = ("oncall@example.org", "you@example.org")
        yield box


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.SCHEDULING_ADDRESS = "https://books.example.org"


def trouble(name: str = "daily", **terms: Any) -> Trouble:
    given = {
        "key": f"late-tick:{name}",
        "kind": "late-tick",
        "schedule_name": name,
        "expected": f"a run of {name} at 2026-03-01 02:00:00 UTC",
        "seen": "none 2 min later",
        "page": f"/ops/schedules/{name}/",
        "began_at": timezone.now() - timedelta(minutes=2),
        **terms,
    }
    return Trouble.objects.create(**given)


def end(one: Trouble, **ago: float) -> None:
    Trouble.objects.filter(pk=one.pk).update(ended_at=timezone.now() - timedelta(**ago))


def test_a_chat_is_told_of_the_beginning_and_of_the_end_once_each(chat: Listener) -> None:
    one = trouble()
    for _ in range(3):
        Telling().tell()
    end(one)
    for _ in range(3):
        Telling().tell()

    began, ended = chat.told
    assert (began["event"], ended["event"]) == ("began", "ended")
    assert began["text"].splitlines() == [
        "Trouble: late-tick, daily",
        "Expected: a run of daily at 2026-03-01 02:00:00 UTC.",
        "Seen: none 2 min later.",
        "Look at: https://books.example.org/ops/schedules/daily/",
        "What it means and what to do: docs/runbook/late-tick.md",
    ]
    assert (began["schedule"], began["page"]) == ("daily", "https://books.example.org/ops/schedules/daily/")
    assert "It is right again after 2 min" in ended["text"]
    assert {path for _, path, _ in chat.calls} == {f"/hooks/{TOKEN}"}


def test_a_letter_goes_to_everybody_who_is_named(mailbox: Mailbox) -> None:
    trouble()
    Telling().tell()

    (letter,) = mailbox.letters
    assert mailbox.recipients == [["oncall@example.org", "you@example.org"]]
    assert letter["Subject"] == "Trouble: late-tick, daily"
    assert "Seen: none 2 min later." in letter.get_content()
    assert "https://books.example.org/ops/schedules/daily/" in letter.get_content()


def test_sentry_takes_a_message(settings: Any) -> None:
    with listening() as sentry:
        settings.SENTRY_DSN = sentry.address
        sentry_sdk.init(dsn=sentry.address.replace("://", "://key@") + "/1", default_integrations=False)
        try:
            trouble()
            Telling().tell()
            assert wait_until(lambda: any(b"late-tick" in body for _, _, body in sentry.calls), seconds=20)
        finally:
            sentry_sdk.init()
    assert Trouble.objects.get().told_of_beginning.keys() >= {"sentry"}
    assert sentry.calls[0][1] == "/api/1/envelope/"


def test_each_channel_is_told_though_another_one_is_away(chat: Listener, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.ALERT_EMAIL = ("oncall@example.org",)
    trouble()
    Telling().tell()
    assert len(chat.calls) == 1
    assert {*Trouble.objects.get().told_of_beginning} == {"webhook", "webhook claimed"}


def test_a_channel_that_fails_is_asked_again_after_a_pause_that_grows(
    chat: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(alerts.time, "monotonic", lambda: now)
    chat.plan = [503, 404]
    trouble()
    telling = Telling()

    asked = []
    for now in (1_000.0, 1_014.0, 1_015.1, 1_030.0, 1_044.0, 1_045.2, 1_100.0):  # noqa: B007
        telling.tell()
        asked.append(len(chat.calls))

    assert asked == [1, 1, 2, 2, 2, 3, 3]
    assert telling.pauses == {}


def test_neither_a_log_nor_an_error_names_the_address(chat: Listener, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel("WARNING")
    logging.getLogger("httpcore").setLevel("WARNING")
    chat.plan = [500]
    trouble()
    Telling().tell()

    assert "127.0.0.1 answered 500" in caplog.text
    assert TOKEN not in caplog.text


def test_what_is_sent_to_sentry_later_does_not_name_the_address(chat: Listener, settings: Any) -> None:
    with listening() as sentry:
        settings.SENTRY_DSN = sentry.address
        sentry_sdk.init(dsn=sentry.address.replace("://", "://key@") + "/1")
        try:
            trouble()
            Telling().tell()
            sentry_sdk.capture_message("something later")
            sentry_sdk.flush(10)
        finally:
            sentry_sdk.init()
    assert [b"something later" in body for _, _, body in sentry.calls].count(True) == 1
    assert not any(TOKEN.encode() in body for _, _, body in sentry.calls)


def test_an_answer_that_never_ends_holds_nobody_up(chat: Listener) -> None:
    chat.plan = [None]
    trouble()
    done = threading.Event()

    def tell() -> None:
        Telling().tell()
        connection.close()
        done.set()

    threading.Thread(target=tell, daemon=True).start()
    assert done.wait(30)
    assert "webhook" not in Trouble.objects.get().told_of_beginning


def test_several_watchdogs_tell_once(chat: Listener) -> None:
    for number in range(5):
        trouble(f"daily-{number}")

    threads = [threading.Thread(target=lambda: (Telling().tell(), connection.close())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    told = [key for one in chat.told for key in one["keys"]]
    assert sorted(told) == [f"late-tick:daily-{number}" for number in range(5)]


def test_many_troubles_make_one_message(chat: Listener) -> None:
    for number in range(30):
        trouble(f"daily-{number}")
    Telling().tell()

    (told,) = chat.told
    assert told["text"].startswith("Trouble: late-tick, daily-0\n")
    assert told["text"].endswith("… and 10 more.")
    assert len(told["keys"]) == 30


def test_who_dies_between_claim_and_telling_is_stood_in_for(chat: Listener) -> None:
    def claimed(seconds: float) -> dict[str, str]:
        return {"webhook claimed": (timezone.now() - timedelta(seconds=seconds)).isoformat()}

    trouble("just", told_of_beginning=claimed(5))
    trouble("long", told_of_beginning=claimed(600))
    Telling().tell()
    assert [one["schedule"] for one in chat.told] == ["long"]


def test_an_end_is_told_only_to_whom_the_beginning_was(chat: Listener) -> None:
    end(trouble("before"), hours=2)
    end(trouble("told", told_of_beginning={"webhook": "2026-03-01T02:00:00Z"}), hours=2)
    end(trouble("brief"), seconds=5)
    Telling().tell()
    told = [(one["event"], one["keys"]) for one in chat.told]
    assert told == [("began", ["late-tick:brief"]), ("ended", ["late-tick:told", "late-tick:brief"])]


def test_a_beats_threads_look_tell_and_end_when_they_are_stopped(
    chat: Listener, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "SILENT_AFTER", timedelta())
    settings.SCHEDULING_TIMING = {"watch_every": timedelta(seconds=0.2)}
    row = make_schedule("sample-count")
    overdue = timezone.now() - timedelta(minutes=5)
    ScheduleCompanion.objects.filter(schedule=row).update(edited_at=None, next_due_at=overdue, fires_at=overdue)
    stop = threading.Event()
    threads = start_in_beat(stop)
    try:
        assert wait_until(lambda: any("late-tick:sample-count" in one["keys"] for one in chat.told), seconds=60)
        row.delete()
        assert wait_until(lambda: chat.told[-1]["event"] == "ended", seconds=60)
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def test_telling_now_ends_when_all_is_told(chat: Listener) -> None:
    trouble()
    tell_now(within=timedelta(seconds=30))
    assert len(chat.calls) == 1


def test_a_name_with_a_line_break_makes_a_subject_of_one_line(mailbox: Mailbox) -> None:
    trouble("daily\nBcc: all@example.org")
    Telling().tell()
    assert mailbox.letters[0]["Subject"] == "Trouble: late-tick, daily Bcc: all@example.org"
    assert mailbox.letters[0]["Bcc"] is None
