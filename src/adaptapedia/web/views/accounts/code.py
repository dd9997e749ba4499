"""The second factor at sign-in."""

from typing import Any

from allauth.mfa.base.views import AuthenticateView


class GiveCode(AuthenticateView):  # type: ignore[misc]
    """allauth's, for codes alone: it takes a form without one for an answer of a security key, which we do not have."""

    def _build_forms(self) -> Any:
        if self.request.method == "POST" and "code" not in self.request.POST:
            self.request.POST = self.request.POST.copy()
            self.request.POST["code"] = ""
        return super()._build_forms()
