"""Everything for programs, under /api/v1/."""

from django.urls import URLPattern, URLResolver, path, re_path

from adaptapedia.api.views import entries, statistics, tokens
from adaptapedia.api.views.docs import docs, open_operation, problem_page, problem_pages
from adaptapedia.api.views.schema import Schema
from adaptapedia.api.views.ways import Nowhere, Root

app_name = "api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", Root.as_view(), name="root"),
    path("works/", entries.WorkList.as_view(), name="works"),
    path("works/<int:id>/", entries.WorkAlone.as_view(), name="work"),
    path("screen-works/", entries.ScreenWorkList.as_view(), name="screen-works"),
    path("screen-works/<int:id>/", entries.ScreenWorkAlone.as_view(), name="screen-work"),
    path("adaptations/", entries.AdaptationList.as_view(), name="adaptations"),
    path("adaptations/<int:id>/", entries.AdaptationAlone.as_view(), name="adaptation"),
    path("people/", entries.PersonList.as_view(), name="people"),
    path("people/<int:id>/", entries.PersonAlone.as_view(), name="person"),
    path("statistics/", statistics.Statistics.as_view(), name="statistics"),
    path("statistics/history/", statistics.StatisticsHistory.as_view(), name="statistics-history"),
    path("token/", tokens.Obtain.as_view(), name="token"),
    path("token/refresh/", tokens.Refresh.as_view(), name="token-refresh"),
    path("token/revoke/", tokens.Revoke.as_view(), name="token-revoke"),
    path("token/revoke-all/", tokens.RevokeAll.as_view(), name="token-revoke-all"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    path("docs/open/<slug:operation>/", open_operation, name="open"),
    path("problems/", problem_pages, name="problems"),
    path("problems/<slug:name>/", problem_page, name="problem"),
    re_path("", Nowhere.as_view(), name="nowhere"),
]
