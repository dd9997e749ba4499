from django.contrib import admin

from adaptapedia.ingest.models import Sweep


def test_the_page_of_a_sweep_shows_no_secret_of_its_endpoint() -> None:
    page = admin.site.get_model_admin(Sweep)
    sweep = Sweep(source="wikidata", endpoint="https://ada:s3cret@sparql.example/one?key=s3cret")

    assert "endpoint" not in (page.fields or ())
    assert page.read_from(sweep) == "https://sparql.example/one"
