"""감사자료: one archive, checked offline; who read what."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from ledger import log
from portal.core import outbox
from portal.core.errors import NotAllowed
from portal.intake import recount, services
from portal.intake.models import Access, AuditArchive
from portal.intake.models.applications import private_storage
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import REVIEW

ROOT = Path(__file__).resolve().parents[2]


def verify(*arguments):
    """The stranger's command: no database, no Django."""
    command = [sys.executable, "-m", "ledger.verify", *map(str, arguments)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DATABASE"))}
    return subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True)


@pytest.mark.usefixtures("committed_db")
def test_archive_is_checked_offline_down_to_a_changed_score(settings, tmp_path, at):
    settings.LEDGER = {**settings.LEDGER, **{name: tmp_path / name.lower() for name in ("PUBLIC_DIR", "SIGNER_DIR", "WITNESS_DIR", "STATE_DIR", "KEK_FILE", "POLICY_FILE")}}  # fmt: skip
    call_command("ledger_init", stdout=io.StringIO())
    trial = factory.open_round()
    files = [trial.apply() for _ in range(3)]
    trial.tell(trial.play_to_final({str(one): 25 - i for i, one in enumerate(files)}))
    auditor = people.with_role("auditor", cluster=trial.call.cluster)
    with pytest.raises(NotAllowed):
        services.order_audit_file(call=trial.call, by=trial.masters[0], now=REVIEW)
    path = tmp_path / "audit.zip"
    judges = the_desk_orders_and_downloads_it(at, trial, auditor, path)
    said = io.StringIO()
    call_command("intake_recount", path, stdout=said)
    assert said.getvalue() == "ok: 3 runs and 3 decisions come out the same\n"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "out")
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    names = [judge.user.name for judge in trial.evaluators]
    assert not [name for name, text in texts.items() if any(judge in text for judge in names)]
    assert all(judge in judges for judge in names)
    scores = list(csv.DictReader(io.StringIO(texts["scores.csv"])))
    assert (len(scores), {row["sheet.status"] for row in scores}) == (24, {"LOCKED"})

    index = list(csv.DictReader(io.StringIO(texts["ledger/index.csv"])))
    for kind in ("space.application.submitted/1", "space.sheet.locked/1", "space.result.announced/1"):
        folder = tmp_path / "out" / "ledger" / next(row["leaf"] for row in index if row["type"] == kind)
        policy = tmp_path / "policy_file"
        proof = verify("proof", folder / "leaf.tlog-proof", "--leaf", folder / "leaf.json", "--policy", policy)
        assert proof.returncode == 0, proof.stderr
    sheet = tmp_path / "out" / "ledger" / next(row["leaf"] for row in index if row["type"] == "space.sheet.locked/1")
    assert verify("opening", sheet / "openings.json", "--leaf", sheet / "leaf.json").returncode == 0
    (sheet / "openings.json").write_text((sheet / "openings.json").read_text().replace("25", "24"))
    assert verify("opening", sheet / "openings.json", "--leaf", sheet / "leaf.json").returncode == 1
    changed_archives_are_named(path, tmp_path)


def the_desk_orders_and_downloads_it(at, trial, auditor, path):
    """Ordered twice it is made once, when all leaves are public; each desk but the reviewer's takes it, the officer no key."""
    page = reverse("intake:audit-file", args=[trial.call.code])
    reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    assert at(reviewer).get(page).status_code == 403
    assert "scores.csv" in at(trial.officer).get(page).text
    for user in (trial.officer, auditor):
        assert at(user).post(page, {"archive": "1"}).status_code == 302
    order = AuditArchive.objects.get()
    assert (services.make_audit_files(now=order.due_at), order.asked_by) == (0, trial.officer)
    log.settle()
    later = order.due_at + timedelta(seconds=5)
    assert services.make_audit_files(now=later - timedelta(microseconds=1)) == 0, "not before it is worth trying again"
    assert "만드는 중" in at(trial.officer).get(page).text
    assert (services.make_audit_files(now=later), services.make_audit_files(now=later)) == (1, 0)
    order.refresh_from_db()
    address = reverse("intake:archive", args=[order.public_id])
    assert (address in at(auditor).get(page).text, at(reviewer).get(address).status_code) == (True, 403)
    taken = at(auditor).get(address).getvalue()
    assert hashlib.sha256(taken).hexdigest() == order.sha256
    path.write_bytes(taken)
    assert at(trial.officer).get(address).getvalue() == taken
    assert at(trial.officer).post(page, {"key": "1"}).status_code == 302
    judges = at(auditor).post(page, {"key": "1"}).content
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("manifest.json"))["judges"] == hashlib.sha256(judges).hexdigest()
    assert set(trial.call.accesses.exclude(what="call").values_list("what", "role")) == {
        ("audit_file", "auditor"),
        ("audit_file", "space.officer"),
        ("audit_key", "auditor"),
    }
    a_newer_one_takes_its_place(trial, auditor, order, later)
    return judges.decode("utf-8-sig")


def a_newer_one_takes_its_place(trial, auditor, order, later):
    """And after a week none is kept; their files are gone from the store."""
    newer = services.order_audit_file(call=trial.call, by=auditor, now=later)
    log.settle()
    assert services.make_audit_files(now=later) == 1
    for row in (order, newer):
        row.refresh_from_db()
    assert (order.file.name, order.removed_at, newer.removed_at) == ("", later, None)
    with pytest.raises(NotAllowed, match="더 보관하지"):
        services.open_audit_file(archive=order, by=auditor, now=later)
    name = newer.file.name
    assert services.clear_audit_files(now=later + services.KEPT - timedelta(microseconds=1)) == 0
    assert services.clear_audit_files(now=later + services.KEPT) == 1
    outbox.drain()
    assert not private_storage().exists(name)


def changed_archives_are_named(path, folder):
    """Somebody raises a score in the inputs of a run, with and without mending the manifest."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    run = json.loads(parts["runs/1.json"])
    run["inputs"] = run["inputs"].replace('"기술성":25', '"기술성":13', 1)
    parts["runs/1.json"] = json.dumps(run).encode()
    other = folder / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert list(recount.problems(other)) == [
        "runs/1.json: changed",
        "run 1: inputs are not those hashed",
        "run 1: comes out differently",
    ]
    with pytest.raises(CommandError, match="3 problems"):
        call_command("intake_recount", other, stderr=io.StringIO())


@pytest.mark.django_db
def test_readings_are_noted_and_stay(at, tmp_path):
    from django.core.files.base import ContentFile

    trial = factory.open_round()
    application, master = trial.draft(), trial.masters[0]
    content = ContentFile(b"%PDF-1.7 plan", name="plan.pdf")
    file = services.attach_file(application=application, block="deck", name="plan.pdf", content=content, by=master, now=factory.OPENS)  # fmt: skip
    address = f"/ko/my/files/{file.public_id}/"
    assert b"".join(at(master).get(address)) == b"%PDF-1.7 plan"
    assert at(people.person()).get(address).status_code == 404
    row = Access.objects.get()
    assert (row.what, row.accessed_by, row.role) == (f"file:{file.public_id}", master, "company.master")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Access.objects.update(role="x")
