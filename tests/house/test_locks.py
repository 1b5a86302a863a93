"""What is installed is what was tested: the locks hold every dependency with its hashes, in step with what is asked for."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def pins(name: str) -> dict[str, tuple[str, int]]:
    """Package → (version, how many hashes) of a lock."""
    found = {}
    for block in re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text("utf-8")):
        if pin := re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]+\])?==([^\s;\\]+)", block):
            found[canonicalize_name(pin[1])] = (pin[2], block.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.lock", PROJECT["dependencies"]),
        ("requirements-dev.lock", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_the_lock_holds_what_is_asked_for(lock, asked):
    locked = pins(lock)
    for text in asked:
        requirement = Requirement(text)
        version, _hashes = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(Version(version)), f"{text}: {version} is locked; run make lock"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_its_hashes_and_no_address(lock):
    assert [name for name, (_, hashes) in pins(lock).items() if hashes == 0] == []
    assert "://" not in (ROOT / lock).read_text("utf-8")


def test_tests_run_with_the_versions_that_run():
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: version for name, version in run.items() if dev.get(name, ("",))[0] != version[0]} == {}


def test_what_only_tests_need_is_not_installed_to_run():
    only = {canonicalize_name(Requirement(text).name) for text in PROJECT["optional-dependencies"]["dev"]}
    assert only & pins("requirements.lock").keys() == set()


def test_the_front_end_is_locked():
    asked = json.loads((ROOT / "package.json").read_text("utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for kind in ("dependencies", "devDependencies"):
        for name, version in asked[kind].items():
            assert locked[f"node_modules/{name}"]["version"] == version
    packages = {name: package for name, package in locked.items() if name}
    assert [name for name, package in packages.items() if "integrity" not in package and not package.get("link")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
