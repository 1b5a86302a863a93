"""Documents mention all there is to set, to call and to meet, and nothing that is not there."""

import itertools
import os
import re
import subprocess
import sys

import pytest
from django.core.management import get_commands

from portal.core.rooms import our_apps
from tests.house.tree import ROOT, files, source

#: Read by the programs that our processes start, not by our Python.
OF_THE_PROCFILE = {"WEB_WORKERS", "WORKER_PROCESSES"}
#: Names that are not for people to set: Python's and Django's own, and what the tests pass among themselves.
NOT_FOR_PEOPLE = {"DJANGO_SETTINGS_MODULE", "PATH", "REMAP_SIGTERM"}


def text(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def named(document: str) -> set[str]:
    """What stands in the first column of the document's tables, in backticks."""
    cells = re.findall(r"^\|([^|]+)\|", text(document), re.M)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def read_from_the_environment() -> set[str]:
    found = set()
    for path in source():
        content = path.read_text("utf-8")
        found |= set(re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", content))
        found |= set(re.findall(r"environ(?:\.get|\.setdefault|\.pop)?[\[(]\s*\"([A-Z_]+)\"", content))
        found |= set(re.findall(r"\"([A-Z_]+)\" (?:not )?in os\.environ", content))
    return found - NOT_FOR_PEOPLE


def test_every_setting_is_documented_and_every_documented_setting_is_read():
    of_tests = {name for name in named("settings.md") if name.startswith("TEST_")}
    assert named("settings.md") - of_tests == read_from_the_environment() | OF_THE_PROCFILE


def test_every_command_is_documented():
    ours = {config.name for config in our_apps()}
    commands = {name for name, app in get_commands().items() if app in ours}
    told = {name.split()[0] for name in named("commands.md")}
    assert commands - told == set()


def test_every_documented_command_is_there():
    told = re.findall(r"^\| `([a-z_]+)[ `]", text("commands.md").partition("## manage.py")[2], re.M)
    told = [name for name in told if name != "python"]
    assert [name for name in told if name not in get_commands()] == []


def test_every_make_target_is_documented():
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    told = {name.removeprefix("make ") for name in named("commands.md") if name.startswith("make ")}
    assert set(phony[1].split()) - told == set()
    assert told - set(phony[1].split()) == {"bench-<name>"}


def test_the_events_are_up_to_date():
    """Asked of a process of its own: tests register event types too."""
    command = [sys.executable, "manage.py", "describe_events", "--print"]
    said = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True).stdout
    assert text("events.md") == said, "run: manage.py describe_events"


def names_of_tests() -> set[str]:
    return {name for path in files("tests", ends=".py") for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)}  # fmt: skip


def test_every_attack_and_invariant_names_a_test_that_is_there():
    """`docs/security.md`: no number of the design is left out, and no test is named that was renamed or removed."""
    rows = [line.strip("| ").split(" | ") for line in text("security.md").splitlines() if re.match(r"\| I?\d", line)]
    told = {row[0].split()[0]: re.findall(r"`(test_\w+)`", row[-1]) for row in rows}
    assert told.keys() >= {str(number) for number in range(1, 29)} | {f"I{number}" for number in range(1, 16)}
    assert [number for number, tests in told.items() if not tests] == []
    assert set(re.findall(r"`(test_\w+)`", text("security.md"))) - names_of_tests() == set()


@pytest.mark.parametrize("room", ["intake", "tenancy"])
def test_the_tables_of_a_room_name_tests_that_are_there(room):
    """Numbered without a gap; a name is a test of the module that stands before it in its row, or a module."""
    paths = [path for path in files("tests", ends=".py") if path.parent.name == room]
    tests = {path.stem: set(re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)) for path in paths}
    rows = re.findall(r"^\| (\d*) \| [^|]+ \| (.*) \|$", text(f"{room}.md"), re.M)
    numbers = [int(number) for number, _ in rows if number]
    assert [after for before, after in itertools.pairwise(numbers) if after not in (before + 1, 1)] == [], (
        "a number is left out"
    )
    gone = []
    for _number, told in rows:
        module = ""
        for name in re.findall(r"`(test_\w+(?:::test_\w+)?)`", told):
            of, _, test = name.rpartition("::")
            module = of or (name if name in tests else module)
            if name not in tests and test not in tests.get(module, ()):
                gone.append(name)
    assert rows
    assert gone == []


def test_the_readme_fits_on_one_screen_and_names_the_two_commands():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 50
    assert "`make run`" in readme
    assert "`make test`" in readme


def test_ci_runs_the_readmes_test_command():
    assert (ROOT / ".ci" / "run").read_text("utf-8").rstrip().endswith("exec make test")


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=p.name) for p in files("README.md", "CHANGELOG.md", "docs", ends=".md")]
)
def test_every_link_in_a_document_leads_somewhere(path):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8"))
    lost = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert lost == []


def test_every_decision_is_listed():
    listed = re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", text("adr/README.md"))
    assert listed == sorted(path.name for path in (ROOT / "docs" / "adr").glob("0*.md"))


def test_the_floors_in_the_document_are_those_of_the_contracts():
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    floors = next(contract["layers"] for contract in contracts if contract["name"].startswith("Floors"))
    told = re.search(r"## Floors.*?```\n(.*?)```", text("structure.md"), re.S)[1].strip().splitlines()
    assert told == [re.sub(r" \| \([^)]+\)", "", floor) for floor in floors]
