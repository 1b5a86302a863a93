"""Nothing of the machine it was made on, nothing half done."""

import re

import pytest

from tests.house import tree

TEXT = (
    ".py",
    ".html",
    ".txt",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".json",
    ".sql",
    ".sh",
    ".css",
    ".js",
    ".mjs",
    ".lock",
    ".po",
    "Makefile",
    "Procfile",
    "run",
)
CODE = (".py", ".html", ".js", ".mjs", ".css", ".sh", ".sql")
HOSTS = (
    "pypi.org",
    "pythonhosted.org",
    "registry.npmjs.org",
    "artifactory",
    "--index-url",
    "--extra-index-url",
    "--registry",
)
PATHS = re.compile(r"(?<![\w.\"$/<-])/(?:work|root|home/\w+|Users/\w+)/")
HALF_DONE = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
SKIPS = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b|unittest\.skip")


def everything():
    here = tree.ROOT / "tests" / "house"
    return [path for path in tree.files(ends=TEXT) if here not in path.parents]


def lines_with(pattern, paths):
    return [
        f"{tree.name(path)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_path_of_a_machine():
    assert lines_with(PATHS, everything()) == []


@pytest.mark.parametrize(
    ("line", "found"), [("cd /root/x", True), ("see /work/y", True), ("https://a.example/work/", False)]
)
def test_a_path_of_a_machine_is_seen(line, found):
    assert bool(PATHS.search(line)) is found


def test_no_host_of_a_registry():
    assert lines_with(re.compile("|".join(map(re.escape, HOSTS))), everything()) == []


def test_nothing_is_left_half_done():
    assert lines_with(HALF_DONE, [path for path in everything() if path.suffix in CODE]) == []


def test_no_test_is_skipped():
    here = tree.ROOT / "tests" / "house" / "test_tree.py"
    assert lines_with(SKIPS, [path for path in tree.source(tests=True) if path != here]) == []


def test_the_top_level_holds_only_what_belongs_there():
    folders = {"portal", "tenancy", "fund", "college", "ledger", "tests", "docs", "deploy", ".ci"}
    found = {path.name for path in tree.ROOT.iterdir() if path.is_dir()} - tree.SKIPPED
    assert found - folders == set()
