"""The Celery app of the two peers' beats (`celery -A benchmarks.scheduler_peers beat`)."""

from celery import Celery

from adaptapedia.settings import CONFIG

app = Celery("peers", set_as_current=False)
app.config_from_object("benchmarks.scheduler_settings", namespace="CELERY")
app.conf.update(redbeat_redis_url=CONFIG.redis("results"), redbeat_redis_options={})
