"""Every rehearsal by its command, in all its variants on one database of its own, and what its ledger is worth afterwards.

A rehearsal registered later is played here by itself; what is particular to one stands in tests that name it.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from portal.core import rehearsals
from tests import databases
from tests.conftest import worker_name
from tests.ledger.mutations import Verdicts, expected
from tests.ledger.oracle import Oracle, proofs, read_leaves
from tests.rehearsals import personal

pytestmark = [pytest.mark.rehearsal, pytest.mark.xdist_group("round-2019")]
BASE_DIR = Path(__file__).resolve().parents[2]


@dataclass
class Played:
    """All variants, one after the other, in one installation."""

    database: str
    var: Path
    runs: dict[str, subprocess.CompletedProcess[str]]

    @property
    def public(self) -> Path:
        return self.var / "ledger" / "public"

    @property
    def policy(self) -> Path:
        return self.var / "ledger" / "policy"


def run(*words: str, database: str, var: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": database, "VAR_DIR": str(var)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module", params=sorted(rehearsals.registered()))
def played(request, tmp_path_factory):
    var, name = tmp_path_factory.mktemp("var"), request.param
    clone = f"{worker_name()}_{name.replace('-', '_')}"
    with databases.clone(os.environ["TEST_DATABASE_URL"], os.environ["TEST_TEMPLATE"], clone) as database:
        # As in an installation: keys, the first leaf, the files that say what leaves mean and which rules hold.
        prepared = run("manage.py", "ledger_init", database=database, var=var)
        assert prepared.returncode == 0, prepared.stderr
        runs = {
            variant: run("manage.py", "rehearse", name, "--as", variant, database=database, var=var)
            for variant in rehearsals.registered()[name].tested or rehearsals.registered()[name].variants
        }
        yield Played(database, var, runs)


#: The rehearsal that a test is about, where it is about one.
of_2019 = pytest.mark.parametrize("played", ["round-2019"], indirect=True)


def audit(played: Played, public: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ("-m", "ledger.verify", "audit", str(public), "--policy", str(played.policy), *words)
    return run(*command, database="", var=played.var)


def test_no_rule_is_broken(played):
    for variant, answer in played.runs.items():
        assert answer.returncode == 0, f"{variant}: {answer.stdout}{answer.stderr}"
        assert "0 violations" in answer.stdout


@of_2019
def test_as_planned_72_applications_become_40_leases(played):
    assert "40 leases (30 domestic + 10 foreign)" in played.runs["planned"].stdout
    assert "round-2019 (planned): 72 applications, 40 leases, 0 violations" in played.runs["planned"].stdout


@of_2019
def test_as_reported_25_leases_and_15_places_stay_open(played):
    assert "25 leases (23 domestic + 2 foreign)" in played.runs["reported"].stdout
    assert "round-2019 (reported): 72 applications, 25 leases, 0 violations" in played.runs["reported"].stdout


@pytest.mark.parametrize("played", ["plan-seoul"], indirect=True)
def test_in_the_five_years_of_the_plan_everything_happens_that_can(played):
    """The small play: fewer rooms, the same years, calls, renewals, departures, arrears and monthly invoices."""
    said = played.runs["small"].stdout
    counts = re.findall(r"(?:: |, )([\d,]+) ([a-z ]+)", said.splitlines()[-1])
    happened = {words: int(number.replace(",", "")) for number, words in counts if "violations" not in words}
    assert set(happened) >= {"leases", "renewals", "graduations", "departures", "held over", "terminated"}, said
    assert all(happened.values()), said
    billed, paid, still, credited = (
        int(won.replace(",", ""))
        for won in re.search(
            r"money: ([\d,]+) won billed = ([\d,]+) paid \+ ([\d,]+) open \+ ([\d,]+) credited", said
        ).groups()
    )
    assert billed == paid + still + credited
    assert credited > 0


@pytest.mark.parametrize("played", ["fund"], indirect=True)
def test_the_fund_lives_with_every_event_and_its_books_hold(played):
    """The small play: fewer companies, the same years and every kind of event; a missing one would be a violation."""
    said = played.runs["small"].stdout
    assert "13,600,000,000 of 100,000,000,000 won" in said
    assert "fund (small): 4 sub-funds, 24 companies, " in said


@pytest.mark.parametrize("played", ["mice"], indirect=True)
def test_the_money_of_events_is_conserved(played):
    """The small play: three years of support; every won paid has come back or is kept, cut or bound as it should be."""
    said = played.runs["small"].stdout
    money = re.search(r"money: ([\d,]+) won paid = ([\d,]+) returned \+ ([\d,]+) kept", said)
    paid, returned, kept = (int(won.replace(",", "")) for won in money.groups())
    assert paid == returned + kept
    assert returned > 0
    assert "mice (small): 33 awards, 30 editions, " in said


def test_the_ledger_can_be_audited_without_the_portal(played):
    """Tree, chains, numbers, dates; and every leaf through the rules of the rooms that the log names."""
    rules = [word for path in (played.public / "machines").iterdir() for word in ("--machines", str(path))]
    assert rules
    answer = audit(played, played.public, *rules)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_portal_is_in_the_state_to_which_its_ledger_leads(played):
    """I15, with all the inspection of a night: statuses of calls, results, offers, leases … as the leaves say them."""
    inspect = ("manage.py", "ledger_verify")
    answer = run(*inspect, database=played.database, var=played.var)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    with psycopg.connect(played.database) as connection:
        table, key, state = remove_a_decision(connection)
    answer = run(*inspect, database=played.database, var=played.var)
    assert f"{table} {key} is gone, the log says {state}" in answer.stderr


def remove_a_decision(connection: psycopg.Connection) -> tuple[str, str, str]:
    """Deletes the row that was decided last, past the ledger and every other trigger: table, key, state."""
    row = connection.execute(
        "SELECT subject_table, subject_pk, convert_from(leaf, 'UTF8')::jsonb #>> '{data,to}' FROM ledger_record"
        " JOIN pg_trigger ON tgrelid = subject_table::regclass AND tgname = 'leaf_on_update'"
        " AND encode(tgargs, 'escape') LIKE '%000status%' WHERE convert_from(leaf, 'UTF8')::jsonb #> '{data,to}' IS NOT NULL"
        " ORDER BY ledger_record.id DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    connection.execute(f"ALTER TABLE {row[0]} DISABLE TRIGGER ALL")
    assert connection.execute(f"DELETE FROM {row[0]} WHERE id::text = %s", [row[1]]).rowcount == 1
    return row


def test_another_verifier_accepts_its_tiles_and_proofs(played, tmp_path):
    """aics-tlog, written by others from the same specifications."""
    public = played.var / "ledger" / "public"
    other = Oracle(played.var / "ledger" / "policy", tmp_path)
    size = other.everything(public)
    assert other.all_proofs(proofs(public)) == size > 200


def test_both_verifiers_refuse_every_change_of_it(played, tmp_path):
    """Each mutation of `tests/ledger/mutations.py`, and the log as it is, which both accept."""
    assert Verdicts(played.public, played.policy, tmp_path).everything() == expected()


def test_a_changed_byte_of_a_leaf_is_found_wherever_it_is(played, tmp_path):
    bundles = sorted((played.var / "ledger" / "public" / "tile" / "entries").rglob("*"))
    chance = random.Random(2019)
    files = [path for path in bundles if path.is_file()]
    for bundle in chance.sample(files, min(5, len(files))):
        copy = tmp_path / "public"
        shutil.copytree(played.var / "ledger" / "public", copy)
        target = copy / bundle.relative_to(played.var / "ledger" / "public")
        data = bytearray(target.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        target.write_bytes(data)
        assert audit(played, copy).returncode == 1, target
        shutil.rmtree(copy)


def test_no_leaf_holds_a_persons_data(played):
    """I10: names, addresses, telephones, e-mails and business numbers of all people and firms in the database."""
    leaves = read_leaves(played.public)
    with psycopg.connect(played.database) as connection:
        known = personal.values(connection)
    assert sum(map(len, known.values())) > 150
    assert {kind for kind in known if known[kind]} >= {"names", "emails", "numbers"}
    assert personal.found(leaves, known) == []
    for planted in (max(found, key=len) for found in known.values() if found):
        spoiled = leaves[7][:-1] + f',"x":"{planted}"}}'.encode()
        assert personal.found([*leaves[:7], spoiled], known) != [], planted
