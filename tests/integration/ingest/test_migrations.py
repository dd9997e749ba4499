"""What migrations make of rows that are there."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from adaptapedia.ingest.models import Sweep

INSERT = """
    INSERT INTO ingest_sweep (source, run_id, endpoint, phase, cursor, classes, counts, started_at, finished_at)
    VALUES ('wikidata', 1, %s, 'done', '{}', '[]', '{}', now(), now())
"""


@pytest.fixture
def before_secrets_were_left_out(transactional_db: None) -> Iterator[None]:
    call_command("migrate", "ingest", "0010", verbosity=0)
    try:
        yield
    finally:
        call_command("migrate", "ingest", verbosity=0)


def test_what_may_be_secret_of_an_endpoint_is_taken_out_of_the_rows(before_secrets_were_left_out: None) -> None:
    addresses = ["https://ada:s3cret@sparql.example:8443/one?key=s3cret", "http://[::1]:7001/query", "loopback"]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, [(address,) for address in addresses])

    call_command("migrate", "ingest", verbosity=0)

    kept = Sweep.objects.order_by("id").values_list("endpoint", flat=True)
    assert [*kept] == ["https://sparql.example:8443/one", "http://[::1]:7001/query", "loopback"]
