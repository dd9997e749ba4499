from django.urls import path

from adaptapedia.ops.views.clashes import clashes
from adaptapedia.ops.views.differences import differences, settle
from adaptapedia.ops.views.matches import decide, match, matches
from adaptapedia.ops.views.overview import overview
from adaptapedia.ops.views.rejects import rejects
from adaptapedia.ops.views.runs import answer, cancel, lines, retry, run, runs
from adaptapedia.ops.views.schedules import backfill, explanation, pause, resume, run_now, schedule
from adaptapedia.ops.views.session import sign_in, sign_out

app_name = "ops"

urlpatterns = [
    path("", overview, name="overview"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("runs/", runs, name="runs"),
    path("runs/<int:run_id>/", run, name="run"),
    path("runs/<int:run_id>/answer/", answer, name="answer"),
    path("runs/<int:run_id>/retry/", retry, name="retry"),
    path("runs/<int:run_id>/cancel/", cancel, name="cancel"),
    path("runs/<int:run_id>/lines/", lines, name="lines"),
    # people may put a slash into the name of a schedule
    path("schedules/<path:name>/run/", run_now, name="run-now"),
    path("schedules/<path:name>/pause/", pause, name="pause"),
    path("schedules/<path:name>/resume/", resume, name="resume"),
    path("schedules/<path:name>/explain/", explanation, name="explain"),
    path("schedules/<path:name>/backfill/", backfill, name="backfill"),
    path("schedules/<path:name>/", schedule, name="schedule"),
    path("rejects/", rejects, name="rejects"),
    path("matches/", matches, name="matches"),
    path("matches/<int:match_id>/", match, name="match"),
    path("matches/<int:match_id>/decide/", decide, name="decide"),
    path("differences/", differences, name="differences"),
    path("differences/<int:difference_id>/", settle, name="settle"),
    path("clashes/", clashes, name="clashes"),
]
