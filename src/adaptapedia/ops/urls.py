from django.urls import path

from adaptapedia.ops.views.clashes import clashes
from adaptapedia.ops.views.differences import differences, settle
from adaptapedia.ops.views.matches import decide, match, matches
from adaptapedia.ops.views.overview import overview
from adaptapedia.ops.views.rejects import rejects
from adaptapedia.ops.views.runs import answer, run, run_now, runs
from adaptapedia.ops.views.session import sign_in, sign_out

app_name = "ops"

urlpatterns = [
    path("", overview, name="overview"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("runs/", runs, name="runs"),
    path("runs/<int:run_id>/", run, name="run"),
    path("runs/<int:run_id>/answer/", answer, name="answer"),
    path("schedules/<str:name>/run/", run_now, name="run-now"),
    path("rejects/", rejects, name="rejects"),
    path("matches/", matches, name="matches"),
    path("matches/<int:match_id>/", match, name="match"),
    path("matches/<int:match_id>/decide/", decide, name="decide"),
    path("differences/", differences, name="differences"),
    path("differences/<int:difference_id>/", settle, name="settle"),
    path("clashes/", clashes, name="clashes"),
]
