"""The docs name every job, setting, command and target that there is, with its terms, and none that is gone."""

import ast
import os
import re
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands, load_command_class

import adaptapedia.scheduling
from adaptapedia.config import EXAMPLES, Config
from adaptapedia.ops.words import cadence
from adaptapedia.scheduling.jobs import JobSpec, registry
from adaptapedia.scheduling.pages import PAGES
from adaptapedia.scheduling.wording import in_words

CHECKOUT = Path(__file__).resolve().parents[2]
SCHEDULING = (CHECKOUT / "docs" / "scheduling.md").read_text()
OPERATE = (CHECKOUT / "docs" / "operate.md").read_text()
DOCS = [OPERATE, *((CHECKOUT / name).read_text() for name in ("README.md", "CONTRIBUTING.md"))]
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"""\]\(<?([^)\s>]+)[^)]*\)|(?:src|href)="([^"]+)""")

Row = list[str]


def code() -> str:
    """Everything in the docs that is set as code."""
    return "\n".join(part.strip("`") for text in DOCS for part in CODE.findall(text))


def table(heading: str, *, of: str = OPERATE) -> list[Row]:
    """The rows of all tables under a heading of docs/operate.md, or of another page, without the first one's head."""
    section = of.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line.strip().strip("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def commands_of_ours() -> set[str]:
    return {name for name, app in get_commands().items() if str(app).startswith("adaptapedia.")}


def ways_of_jobs() -> set[str]:
    """The subcommands of `adaptapedia jobs`, as its parser has them."""
    parser: ArgumentParser = load_command_class("adaptapedia.scheduling", "jobs").create_parser("adaptapedia", "jobs")
    (ways,) = (action for action in parser._actions if action.dest == "way")
    return set(ways.choices or ())


def row_of(spec: JobSpec) -> Row:
    """What the table of jobs has to say of one."""
    when = cadence(f"{spec.cron} UTC")
    assert when is not None, "the table says it in words, so there must be some"
    kicker = when.kicker if when.kicker.endswith("day") else when.kicker.lower()
    retries = f"{spec.retries}, after {in_words(spec.retry_after)}" if spec.retries else "0"
    limits = [in_words(spec.expires), in_words(spec.soft_limit)]
    return [f"`{spec.name}`", f"{kicker} {when.hour}", spec.queue, retries, *limits]


@pytest.mark.parametrize("name", sorted(registry))
def test_the_table_of_jobs_agrees_with_the_code(name: str) -> None:
    assert [row for row in table("The jobs") if row[0] == f"`{name}`"] == [row_of(registry[name])]


def test_the_table_of_jobs_has_no_job_that_is_gone() -> None:
    assert [row[0] for row in table("The jobs") if row[0].strip("`") not in registry] == []


def test_the_table_of_settings_has_each_setting_once_and_none_that_is_gone() -> None:
    told = [name for row in table("Settings") for name in names_in(row[0])]
    assert sorted(told) == sorted(name.upper() for name in Config.model_fields) == sorted(EXAMPLES)


def scheduling() -> Iterator[ast.AST]:
    """Every piece of the code of adaptapedia.scheduling."""
    for path in Path(adaptapedia.scheduling.__path__[0]).rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text()))


def imported_by_scheduling() -> set[str]:
    """The packages, and the rooms of ours, that the scheduler stands on, as they are called where one gets them."""
    modules = {piece.module or "" for piece in scheduling() if isinstance(piece, ast.ImportFrom)}
    modules |= {one.name for piece in scheduling() if isinstance(piece, ast.Import) for one in piece.names}
    ours = {".".join(name.split(".")[:2]) for name in modules if name.startswith("adaptapedia.")}
    others = {name.partition(".")[0] for name in modules} - {"adaptapedia", *sys.stdlib_module_names}
    packages = packages_distributions()
    return (ours - {"adaptapedia.scheduling"}) | {packages[name][0].lower().replace("_", "-") for name in others}


def settings_of_scheduling() -> set[str]:
    """The settings that the scheduler reads, with or without a default."""
    read = {
        piece.attr
        for piece in scheduling()
        if isinstance(piece, ast.Attribute) and isinstance(piece.value, ast.Name) and piece.value.id == "settings"
    }
    texts = {str(piece.value) for piece in scheduling() if isinstance(piece, ast.Constant)}
    return read | {text for text in texts if re.fullmatch(r"(SCHEDULING|ALERT|SENTRY|CELERY)_[A-Z_]+", text)}


def test_what_scheduling_requires_and_reads_is_told_for_whoever_takes_it_alone() -> None:
    told = {name for row in table("Requires and settings", of=SCHEDULING) for name in names_in(row[0])}
    of_desk = {"BEHIND_A_PROXY"}
    rooms = {name for name in imported_by_scheduling() if name.startswith("adaptapedia.")}

    assert {name for name in told if name.isupper()} == settings_of_scheduling() | of_desk
    assert {name for name in told if name.islower()} - {"package", "setting"} == imported_by_scheduling() - rooms
    assert all(f"`{room}`" in SCHEDULING for room in rooms)
    assert all(f'"{page}"' in SCHEDULING for page in PAGES)


ALONE = """
from django.conf import settings
settings.configure(
    INSTALLED_APPS=[
        *["adaptapedia.desk", "adaptapedia.scheduling", "unfold", "unfold.contrib.filters"],
        *[f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages")],
        *["auditlog", "django_celery_beat"],
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "adaptapedia.desk.changes.HoldRequest",
    ],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"context_processors": [
            *[f"django.contrib.{name}.context_processors.{name}" for name in ("auth", "messages")],
            "django.template.context_processors.request",
        ]},
    }],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "nowhere"}},
    BEHIND_A_PROXY=False,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
import django
django.setup()
from django.contrib import admin
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
call_command("check")
admin.autodiscover()
print(*sorted({app for app, _ in MigrationLoader(None).graph.leaf_nodes()}))
"""


def test_scheduling_stands_in_a_project_of_nothing_but_what_it_requires() -> None:
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    made = subprocess.run([sys.executable, "-c", ALONE], check=False, capture_output=True, text=True, env=bare)
    assert made.returncode == 0, made.stderr
    apps = {"admin", "auditlog", "auth", "contenttypes", "desk", "django_celery_beat", "scheduling", "sessions"}
    assert {*made.stdout.split("\n")[-2].split()} == apps


def test_every_command_of_ours_is_told_and_every_one_told_exists() -> None:
    told = set(re.findall(r"\badaptapedia ([a-z_]+)", code()))
    assert commands_of_ours() - told == set()
    assert told - set(get_commands()) == set()


def test_every_way_of_the_jobs_command_is_told_and_every_one_told_exists() -> None:
    assert set(re.findall(r"\badaptapedia jobs ([a-z]+)", code())) == ways_of_jobs()


def test_every_target_of_make_is_told_and_every_one_told_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    assert "up" in targets
    assert set(re.findall(r"^(?:[A-Z_]+=\S* )*make ([a-z]+)", code(), re.MULTILINE)) == targets


def pages() -> list[Path]:
    """Every Markdown page that git keeps or would keep."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    told = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    return [path for name in told.stdout.splitlines() if (path := CHECKOUT / name).exists()]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_relative_link_of_a_page_points_at_something_that_is_there(page: Path) -> None:
    prose = CODE.sub("", page.read_text())
    targets = [target for pair in LINK.findall(prose) for target in pair if target]
    files = [unquote(target).partition("#")[0] for target in targets if not re.match(r"[a-z][a-z0-9+.-]*:|#", target)]
    assert [file for file in files if not (page.parent / file).exists()] == []


def test_links_are_found_in_the_pages() -> None:
    assert ("docs/adr", "") in LINK.findall((CHECKOUT / "ARCHITECTURE.md").read_text())
