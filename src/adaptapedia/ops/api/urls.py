"""Schedules and runs for the programs of operators, under /api/v1/ops/: only to be read."""

from django.urls import path

from adaptapedia.ops.api import views

app_name = "ops-api"

urlpatterns = [
    path("schedules/", views.ScheduleList.as_view(), name="schedules"),
    # people may put a slash into the name of a schedule
    path("schedules/<path:name>/explain/", views.ScheduleExplained.as_view(), name="explain"),
    path("schedules/<path:name>/backfill/", views.ScheduleBacklog.as_view(), name="backfill"),
    path("schedules/<path:name>/", views.ScheduleAlone.as_view(), name="schedule"),
    path("runs/", views.RunList.as_view(), name="runs"),
    path("runs/<int:run_id>/", views.RunAlone.as_view(), name="run"),
]
