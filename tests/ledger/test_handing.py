"""The audit file: whole, verified offline in a fresh folder without settings, with what its basis opens and nothing more."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from ledger import documents, handing, log
from ledger.recording import append
from ledger.settling import Machinery
from portal.accounts.second_factor import CONFIRMED
from tests.factories import people
from tests.ledger.harness import DECIDED, NOTED, Decision, Officer, leaves, settle, write

SECRET = "010-1234-5678"
GONE = "organisation:9"


@pytest.fixture
def told(tmp_path, committed_db):
    """A log with a decision, a note, something about a person, and a value erased since; its machine file named."""
    names = {
        "PUBLIC_DIR": "public",
        "SIGNER_DIR": "signer",
        "WITNESS_DIR": "witness",
        "STATE_DIR": "state",
        "POLICY_FILE": "policy",
    }
    place = {name: tmp_path / folder for name, folder in names.items()}
    with override_settings(LEDGER={**settings.LEDGER, **place}):
        auditor = people.with_role("auditor")
        Machinery.installed().prepare()
        documents.publish(tmp_path / "public")
        with transaction.atomic():
            append(DECIDED, row=Decision(1), by=Officer(), data={"n": 1}, private={"reason": SECRET})
            append(NOTED, row=Decision(9, key=GONE), by=Officer("u-9"), data={})
        log.erase(GONE, basis="request", by=log.SYSTEM)
        settle(tmp_path)
        yield auditor, tmp_path


def run(folder, *arguments):
    """As an auditor does it: the program of the archive, another folder, no settings, no database."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "ledger.verify", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_archive_is_verified_in_a_fresh_folder(told):
    auditor, folder = told
    browser = Client()
    browser.force_login(auditor, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = browser.session
    session[CONFIRMED] = True
    session.save()
    address, asked = reverse("accounts:hand_over_ledger"), {"basis": "audit", "reason": "감사-2026-7", "kind": ""}
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"basis": "whim"}).status_code == 422
    assert browser.post(address, asked | {"since": "2026-02-02", "until": "2026-02-01"}).status_code == 422
    answer = browser.post(address, asked)
    assert answer["Cache-Control"] == "private, no-store"
    fresh = folder / "fresh"
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        archive.extractall(fresh)

    found = run(fresh, "audit", "log", "--policy", "policy", "--machines", "machines.json")
    assert found.returncode == 0, found.stderr
    assert "replayed through the rules" in found.stdout
    rows = list(csv.DictReader((fresh / "index.csv").read_text("utf-8-sig").splitlines()))
    decided = next(row for row in rows if row["type"] == DECIDED.label)
    assert (decided["no"], decided["opened"]) == ("trial.decision/" + decided["no"].split("/")[1] + "/1", "3")
    erased = next(row for row in rows if row["type"] == NOTED.label)
    assert (erased["committed"], erased["opened"]) == ("2", "1")
    entry = fresh / "entries" / decided["id"]
    opened = json.loads(entry.with_suffix(".openings.json").read_text())
    assert SECRET in [item["value"] for item in opened]
    assert run(fresh, "opening", f"{entry}.openings.json", "--leaf", f"{entry}.json").returncode == 0
    opened[0]["value"] = "다른 값"
    entry.with_suffix(".openings.json").write_text(json.dumps(opened))
    assert run(fresh, "opening", f"{entry}.openings.json", "--leaf", f"{entry}.json").returncode == 1
    assert {"README.ko.md", "README.en.md", "schemas.json"} <= {file.name for file in fresh.iterdir()}
    assert not [row for row in rows if row["type"].startswith(("privacy.", "account.")) and row["opened"] != "0"]
    told_of(leaves()[-1], rows)


def told_of(leaf, rows):
    """That the archive was made, on what basis and how much was opened, is in the log; the letter is sealed."""
    assert leaf["type"] == "privacy.openings_disclosed/1"
    assert leaf["actor"]["role"] == "auditor"
    data = leaf["data"]
    assert (data["basis"], data["entries"]) == ("audit", len(rows))
    assert data["values"] == sum(int(row["opened"]) for row in rows)
    assert "reason_c" in data


def test_the_command_keeps_to_its_scope(told):
    _, folder = told
    call_command("ledger_export", folder / "a.zip", basis="court", reason="2026카합1", kind="trial.note", verbosity=0)
    with zipfile.ZipFile(folder / "a.zip") as archive:
        names = archive.namelist()
    assert len([name for name in names if name.startswith("entries/")]) == 2
    assert leaves()[-1]["data"]["kind"] == "trial.note"
    with pytest.raises(CommandError):
        call_command("ledger_export", folder / "a.zip", basis="court", reason="x", verbosity=0)
    with pytest.raises(CommandError, match="not a day"):
        call_command("ledger_export", folder / "b.zip", basis="court", reason="x", since="gestern", verbosity=0)
    with pytest.raises(CommandError, match="no such kind"):
        call_command("ledger_export", folder / "b.zip", basis="court", reason="x", kind="Space!", verbosity=0)


def test_a_tile_that_became_full_meanwhile_is_handed_over_as_the_checkpoint_saw_it(told):
    """The publisher removes partial tiles once the full one is there; the archive follows the checkpoint it began with."""
    public = told[1] / "public"
    before, checkpoint = dict(handing._log(Machinery.installed())), (public / "checkpoint").read_bytes()
    write(300, start=100)
    settle(told[1])
    assert [path for path in before if path.startswith("log/tile") and not (public / path[4:]).exists()] != []
    (public / "checkpoint").write_bytes(checkpoint)
    again = dict(handing._log(Machinery.installed()))
    assert {path: again[path] for path in before} == before
