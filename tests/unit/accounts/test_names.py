import pytest
from django.core.exceptions import ValidationError

from adaptapedia.accounts.names import permitted_name


@pytest.mark.parametrize(
    "name",
    [
        "ada",
        "Ada_Lovelace",
        "j.r.r.t",
        "reader-1984",
        "Zoë",
        "Ђорђе",
        "Ελένη",
        "山田たろう",
        "김철수",
        "मीरा",
        "x" * 40,
    ],
)
def test_names_of_any_one_script_are_taken_in(name: str) -> None:
    permitted_name(name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ab", "length"),
        ("x" * 41, "length"),
        ("ada lovelace", "characters"),
        ("ada@home", "characters"),
        ("ada\u200bx", "characters"),
        ("ad\u202ea", "characters"),
        ("ada🦉", "characters"),
        ("ａｄａ", "characters"),
        ("ﬁona", "characters"),
        ("Zoe\u0308", "characters"),
        (".ada", "separators"),
        ("ada-", "separators"),
        ("a..da", "separators"),
        ("аda", "scripts"),
        ("αdα", "scripts"),
        ("ada१2", "digits"),
        ("сосо", "lookalike"),
        ("АСЕ", "lookalike"),
        ("admin", "reserved"),
        ("ADMIN", "reserved"),
        ("ad-min", "reserved"),
        ("admin2", "reserved"),
        ("r.o.o.t", "reserved"),
        ("api", "reserved"),
        ("adaptapedia-team", "reserved"),
    ],
)
def test_names_that_could_be_mistaken_are_refused_and_say_why(name: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        permitted_name(name)
    assert refused.value.code == code
    assert all(message.endswith(".") for message in refused.value.messages)
