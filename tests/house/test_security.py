"""The document on security names tests that are there."""

import re

from tests.house.tree import ROOT


def test_every_attack_names_tests_that_exist():
    rows = re.findall(r"^\| (\d+) .*$", (ROOT / "docs" / "security.md").read_text("utf-8"), re.M)
    assert [int(number) for number in rows] == list(range(1, 29))


def test_every_test_that_is_named_exists():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8")))
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    assert sorted(named - there) == []
