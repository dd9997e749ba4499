"""Acts on one row: a button on its page, a page that says what will happen, and a POST that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.enums import ActionVariant

from adaptapedia.desk.pages import Page

View = TypeVar("View", bound=Callable[..., HttpResponse])


class Refused(Exception):
    """An act cannot be done; the message says why, to the person who asked."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a page asks before it is done. `perform` takes the form's data, and says what has been done."""

    title: object
    explanation: object
    button: object
    perform: Callable[[dict[str, Any]], object]
    form: forms.Form


def act(*, label: object, path: str, icon: str, permission: str = "change") -> Callable[[View], View]:
    """Make a method of a Page one of its `actions_detail`: unfold's decorator, typed."""

    def named(view: View) -> View:
        for name, value in {
            "short_description": label,
            "url_path": path,
            "icon": icon,
            "variant": ActionVariant.DEFAULT,
            "attrs": {},
            "allowed_permissions": (permission,),
            "original_function_name": view.__name__,
        }.items():
            setattr(view, name, value)
        return view

    return named


def answer(page: Page, request: HttpRequest, row: Model, asked: Act) -> HttpResponse:
    """The page of an act, or what comes after it. Whoever may not do it (`Page.may_act`) gets 403."""
    if not page.may_act(request, row):
        raise PermissionDenied
    meta = page.opts
    back = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    if request.method == "POST" and asked.form.is_valid():
        try:
            page.message_user(request, str(asked.perform(asked.form.cleaned_data)))
            return redirect(back)
        except Refused as refusal:
            asked.form.add_error(None, str(refusal))
    context = {
        **page.admin_site.each_context(request),
        "title": asked.title,
        "subtitle": str(row),
        "act": asked,
        "back": back,
        "opts": meta,
        "object": row,
    }
    request.current_app = page.admin_site.name  # read by Django's {% url %}
    return TemplateResponse(request, "desk/act.html", context)


def posted(request: HttpRequest) -> Any:
    """What a form of an act is given: nothing before it is sent."""
    return request.POST if request.method == "POST" else None


class Nothing(forms.Form):
    """For an act that asks only whether."""
