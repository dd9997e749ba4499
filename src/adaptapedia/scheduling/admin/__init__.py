"""Schedules, which administrators edit, their rules, and their runs, which only the runner writes."""

from adaptapedia.scheduling.admin import rules, runs, schedules  # noqa: F401 - importing them registers them
