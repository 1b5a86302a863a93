"""Repeats every ranking and selection of an audit file from the stored inputs. Pure: reads one zip, nothing else."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portal.intake import tally
from portal.intake.canonical import canonical


def problems(path: Path) -> Iterator[str]:
    """What does not hold: files that changed, runs that come out differently, decisions that do not follow their run."""
    with zipfile.ZipFile(path) as archive:
        yield from _changed(archive)
        runs = {}
        for name in sorted(archive.namelist()):
            if name.startswith("runs/"):
                run = json.loads(archive.read(name))
                runs[run["number"]] = run
                yield from _recounted(run)
        for decision in json.loads(archive.read("decisions.json")):
            if decision["run"] is not None and decision["kind"] in ("FINAL", "SHORTLIST"):
                yield from _followed(decision, runs.get(decision["run"]))


def counted(path: Path) -> tuple[int, int]:
    """How many runs and decisions an audit file holds."""
    with zipfile.ZipFile(path) as archive:
        runs = sum(name.startswith("runs/") for name in archive.namelist())
        return runs, len(json.loads(archive.read("decisions.json")))


def _changed(archive: zipfile.ZipFile) -> Iterator[str]:
    files: Mapping[str, str] = json.loads(archive.read("manifest.json"))["files"]
    present = set(archive.namelist()) - {"manifest.json"}
    yield from (f"{name}: not in the manifest" for name in sorted(present - set(files)))
    for name, expected in files.items():
        if name not in present:
            yield f"{name}: missing"
        elif hashlib.sha256(archive.read(name)).hexdigest() != expected:
            yield f"{name}: changed"


def _recounted(run: Mapping[str, Any]) -> Iterator[str]:
    where = f"run {run['number']}"
    text = run["inputs"].encode()
    inputs = json.loads(text)
    if hashlib.sha256(text).hexdigest() != run["sha256"] or canonical(inputs) != text:
        yield f"{where}: inputs are not those hashed"
    compute = tally.final_result if run["stage"] is None else tally.stage_result
    try:
        same = compute(inputs) == run["result"]
    except ValueError as error:
        yield f"{where}: cannot be counted: {error}"
    else:
        if not same:
            yield f"{where}: comes out differently"


def _followed(decision: Mapping[str, Any], run: Mapping[str, Any] | None) -> Iterator[str]:
    where = f"{decision['kind']} {decision['stage'] or ''}".strip()
    if run is None:
        yield f"{where}: its run is missing"
        return
    expected = {key for key, _track, _quota in run["result"]["selection"]["selected"]}
    taken = {
        line["application__receipt_number"] for line in decision["lines"] if line["outcome"] in ("SELECTED", "GOES_ON")
    }
    if taken != expected:
        yield f"{where}: selects others than its run"
    if any(line["reserve_order"] is not None and not line["passed"] for line in decision["lines"]):
        yield f"{where}: somebody in reserve did not pass"
