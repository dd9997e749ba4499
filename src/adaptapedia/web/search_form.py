"""What the address bar may ask for on the pages of readers. What is malformed is said beside its field, with 400."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adaptapedia.catalogue.search import Side, Years

LONGEST_QUERY = 200
MOST_PAGES = 1000
FIRST_DECADE = 1890
BEFORE = "before"


def decades() -> list[tuple[str, str]]:
    """Decades to choose from, the newest first, then everything before them."""
    newest = timezone.now().year // 10 * 10
    named = [(str(year), gettext("%ds") % year) for year in range(newest, FIRST_DECADE - 1, -10)]
    return [("", gettext("any time")), *named, (BEFORE, gettext("before %d") % FIRST_DECADE)]


class SearchForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=LONGEST_QUERY,
        error_messages={
            "max_length": _("A title has at most %(limit_value)d letters here; this has %(show_value)d."),
            "null_characters_not_allowed": _("There is a sign in it that no title has (NUL)."),
        },
    )
    side = forms.ChoiceField(
        required=False,
        choices=[("", _("both")), (Side.BOOKS, _("books")), (Side.SCREEN, _("screen"))],
        error_messages={"invalid_choice": _("It is books, screen or, without it, both.")},
    )
    decade = forms.ChoiceField(
        required=False,
        choices=decades,
        error_messages={"invalid_choice": _("There is no such decade to choose.")},
    )
    page = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_PAGES,
        error_messages={
            name: _("A page is a number from 1 to %d.") % MOST_PAGES for name in ("invalid", "min_value", "max_value")
        },
    )

    def years(self) -> Years | None:
        """The chosen decade as years; None for any time."""
        chosen = self.cleaned_data["decade"]
        if chosen == BEFORE:
            return Years(-5000, FIRST_DECADE - 1)
        return Years(int(chosen), int(chosen) + 9) if chosen else None
