from adaptapedia.web.links import elsewhere


def test_each_scheme_leads_to_its_own_place_and_an_unknown_one_nowhere() -> None:
    claims = [(scheme, "42") for scheme in ("tmdb_person", "tmdb_movie", "isbn", "library_x")]
    links = elsewhere(None, claims)
    assert [link.address for link in links] == [
        "https://www.themoviedb.org/person/42",
        "https://www.themoviedb.org/movie/42",
        "https://en.wikipedia.org/wiki/Special:BookSources/42",
    ]
    assert [link.same for link in links] == [True, True, False]
