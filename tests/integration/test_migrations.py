"""Migrations go back as well as forward, and lean on nothing that changes after them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import DjangoDbBlocker

import adaptapedia

SOURCES = Path(adaptapedia.__file__).parent
MIGRATIONS = sorted(path for path in SOURCES.glob("*/migrations/*.py") if path.name != "__init__.py")
OURS = sorted({path.parent.parent.name for path in MIGRATIONS})
FRESH = "fresh"


@pytest.fixture
def fresh_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of its own beside that of the tests, empty; its alias."""
    name = f"{connection.settings_dict['NAME']}_migrated"
    with django_db_blocker.unblock():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        connections.settings[FRESH] = {**connection.settings_dict, "NAME": name}
        try:
            yield FRESH
        finally:
            connections[FRESH].close()
            del connections[FRESH]
            del connections.settings[FRESH]
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')


def applied(alias: str, app: str) -> set[str]:
    return {name for label, name in MigrationRecorder(connections[alias]).applied_migrations() if label == app}


def tables(alias: str) -> set[str]:
    return set(connections[alias].introspection.table_names())


def test_every_app_of_ours_migrates_to_nothing_and_forward_again(fresh_database: str) -> None:
    call_command("migrate", database=fresh_database, verbosity=0)
    whole = tables(fresh_database)
    for app in OURS:
        own = {model._meta.db_table for model in apps.get_app_config(app).get_models()}
        assert own <= whole

        call_command("migrate", app, "zero", database=fresh_database, verbosity=0)
        assert applied(fresh_database, app) == set()
        assert own & tables(fresh_database) == set()

        call_command("migrate", database=fresh_database, verbosity=0)
        assert tables(fresh_database) == whole


def test_there_are_migrations_of_every_app_with_tables() -> None:
    with_tables = {app.label for app in apps.get_app_configs() if app.name.startswith("adaptapedia.") and app.models}
    # desk indexes tables of others, api mends rows of others
    assert set(OURS) == with_tables | {"api", "desk"}


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_no_migration_imports_code_of_ours(path: Path) -> None:
    imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
    relative = [node for node in imports if isinstance(node, ast.ImportFrom) and node.level]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in imports if isinstance(node, ast.ImportFrom) and node.module}
    assert relative == []
    assert [name for name in names if name.split(".")[0] == "adaptapedia"] == []
