"""/metrics: figures for Prometheus and what speaks its language."""

import secrets
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from adaptapedia.accounts.models import User
from adaptapedia.kit.budget import BudgetState
from adaptapedia.ops.upstreams import UpstreamRow, upstreams
from adaptapedia.scheduling.metrics import SchedulingMetrics

Family = type[CounterMetricFamily] | type[GaugeMetricFamily]

OF_UPSTREAMS: tuple[tuple[Family, str, str, Callable[[BudgetState], float]], ...] = (
    (
        CounterMetricFamily,
        "adaptapedia_upstream_requests",
        "Requests to an upstream, from nought again after two days without any",
        lambda it: it.asked,
    ),
    (
        CounterMetricFamily,
        "adaptapedia_upstream_limited",
        "Answers of an upstream that asked us to pause",
        lambda it: it.limited,
    ),
    (
        CounterMetricFamily,
        "adaptapedia_upstream_failures",
        "Requests to an upstream that failed",
        lambda it: it.failed,
    ),
    (
        GaugeMetricFamily,
        "adaptapedia_upstream_tokens",
        "Tokens left in the budget of an upstream; negative when turns are waited for",
        lambda it: it.tokens,
    ),
    (
        GaugeMetricFamily,
        "adaptapedia_upstream_paused",
        "1 while an upstream has asked us to pause",
        lambda it: it.paused_until is not None,
    ),
    (
        GaugeMetricFamily,
        "adaptapedia_upstream_breaker_open",
        "1 while an upstream is not asked, or only to try it, after failures in a row",
        lambda it: it.open_until is not None,
    ),
)
"""Every figure with the label `upstream`. The names of counters get `_total` behind them."""


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For moderators and administrators, for whoever sends METRICS_TOKEN, and in the embedded default for all."""
    if not _may_read(request):
        said = _("Send METRICS_TOKEN as a bearer, or sign in as a moderator or administrator.\n")
        headers = {"WWW-Authenticate": 'Bearer realm="metrics"'}
        return HttpResponse(said, status=401, content_type="text/plain; charset=utf-8", headers=headers)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Upstreams(upstreams()))
    registry.register(SchedulingMetrics())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token, config = settings.METRICS_TOKEN, settings.CONFIG
    scheme, _space, sent = request.headers.get("Authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and secrets.compare_digest(sent.strip().encode(), token.encode()):
        return True
    user = request.user
    return (config.embedded and not token) or (isinstance(user, User) and user.may_operate)


class _Upstreams(Collector):
    """The budgets of the upstreams, as they stand when they are asked for."""

    def __init__(self, rows: list[UpstreamRow]) -> None:
        self._rows = rows

    def collect(self) -> Iterator[Metric]:
        for kind, name, about, figure_of in OF_UPSTREAMS:
            family = kind(name, about, labels=["upstream"])
            for row in self._rows:
                if row.standing is not None:
                    family.add_metric([row.name], figure_of(row.standing))
            yield family
