"""The round of 2019 by its command, on a database of its own, and what its ledger is worth afterwards."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests import databases
from tests.conftest import worker_name
from tests.ledger.oracle import Oracle, proofs

pytestmark = [pytest.mark.rehearsal, pytest.mark.xdist_group("round-2019")]
BASE_DIR = Path(__file__).resolve().parents[2]


@dataclass
class Played:
    """Both variants, one after the other, in one installation."""

    database: str
    var: Path
    planned: subprocess.CompletedProcess[str]
    reported: subprocess.CompletedProcess[str]


def run(*words: str, database: str, var: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": database, "VAR_DIR": str(var)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    name = f"{worker_name()}_round"
    with databases.clone(os.environ["TEST_DATABASE_URL"], os.environ["TEST_TEMPLATE"], name) as database:
        planned = run("manage.py", "rehearse", "round-2019", database=database, var=var)
        reported = run("manage.py", "rehearse", "round-2019", "--as", "reported", database=database, var=var)
        yield Played(database, var, planned, reported)


def audit(played: Played, public: Path) -> subprocess.CompletedProcess[str]:
    policy = played.var / "ledger" / "policy"
    return run("-m", "ledger.verify", "audit", str(public), "--policy", str(policy), database="", var=played.var)


def test_as_planned_72_applications_become_40_leases(played):
    assert played.planned.returncode == 0, played.planned.stdout + played.planned.stderr
    assert "40 leases (30 domestic + 10 foreign)" in played.planned.stdout
    assert "round-2019 (planned): 72 applications, 40 leases, 0 violations" in played.planned.stdout


def test_as_reported_25_leases_and_15_places_stay_open(played):
    assert played.reported.returncode == 0, played.reported.stdout + played.reported.stderr
    assert "25 leases (23 domestic + 2 foreign)" in played.reported.stdout
    assert "round-2019 (reported): 72 applications, 25 leases, 0 violations" in played.reported.stdout


def test_the_ledger_can_be_audited_without_the_portal(played):
    answer = audit(played, played.var / "ledger" / "public")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_another_verifier_accepts_its_tiles_and_proofs(played, tmp_path):
    """aics-tlog, written by others from the same specifications."""
    public = played.var / "ledger" / "public"
    other = Oracle(played.var / "ledger" / "policy", tmp_path)
    size = other.everything(public)
    assert other.all_proofs(proofs(public)) == size > 200


def test_a_changed_byte_of_a_leaf_is_found_wherever_it_is(played, tmp_path):
    bundles = sorted((played.var / "ledger" / "public" / "tile" / "entries").rglob("*"))
    chance = random.Random(2019)
    for bundle in chance.sample([path for path in bundles if path.is_file()], 5):
        copy = tmp_path / "public"
        shutil.copytree(played.var / "ledger" / "public", copy)
        target = copy / bundle.relative_to(played.var / "ledger" / "public")
        data = bytearray(target.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        target.write_bytes(data)
        assert audit(played, copy).returncode == 1, target
        shutil.rmtree(copy)


def test_no_invented_person_or_company_can_be_read_in_the_log(played):
    log = b"".join(
        path.read_bytes()
        for path in (played.var / "ledger" / "public" / "tile" / "entries").rglob("*")
        if path.is_file()
    )
    with psycopg.connect(played.database) as connection:
        people = connection.execute("SELECT name, email FROM accounts_user").fetchall()
        companies = connection.execute(
            "SELECT name_ko, business_number, representative FROM accounts_organisation"
        ).fetchall()
    words = {word for row in [*people, *companies] for word in row if word}
    assert len(words) > 300
    assert [word for word in words if word.encode() in log] == []
