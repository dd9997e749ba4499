"""The schema, for programs that read such."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from adaptapedia.api import answers
from adaptapedia.api.schema import reading, whole_schema
from adaptapedia.api.views.base import READ, Endpoint, told_to_readers


@reading(
    "schema_read",
    _("Read this schema"),
    answers.SchemaAnswer,
    {"openapi": "3.1.0", "info": {}, "paths": {}},
    tag="ways",
)
class Schema(Endpoint):
    http_method_names = READ

    def get(self, request: Request) -> HttpResponse:
        return told_to_readers(request, whole_schema())
