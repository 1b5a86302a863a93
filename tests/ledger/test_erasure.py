"""After an erasure every proof stays and nothing opens again (I11); nothing is erased under a legal hold."""

import hashlib
import re

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from ledger import entry, log, openings
from ledger.models import Hold, Opening, Record, SubjectKey
from tests.ledger import harness
from tests.ledger.harness import NOTED, Decision, Officer, leaves, note, rolled_back, sql

KEY = "organisation:1"
PHONE = "010-1234-5678"


@pytest.fixture
def erased(committed_db, tmp_path):
    """A published leaf whose values were erased afterwards, and the table rows that an older backup would hold."""
    with transaction.atomic():
        leaf_id = note(private={"reason": PHONE})
    harness.settle(tmp_path)
    backup = list(Opening.objects.filter(key_id=openings.key_id(KEY)).values_list("record_id", "path", "key_id", "nonce", "ciphertext"))  # fmt: skip
    with transaction.atomic():
        log.erase(KEY, basis="request", by=log.SYSTEM)
    return leaf_id, backup, harness.settle(tmp_path)


def test_the_proof_verifies_the_opening_is_gone_and_the_erasure_is_a_leaf(erased, tmp_path):
    leaf_id, _backup, settled = erased
    (tmp_path / "leaf").write_bytes(bytes(Record.objects.get(leaf_id=leaf_id).leaf))
    (tmp_path / "proof").write_text(log.prove(leaf_id))
    answer = harness.verify("proof", tmp_path / "proof", "--leaf", tmp_path / "leaf", "--policy", settled.policy)
    assert answer.returncode == 0, answer.stderr
    assert harness.verify("audit", settled.public, "--policy", settled.policy).returncode == 0
    assert [opening["path"] for opening in log.open_leaf(leaf_id)] == ["actor.c"]
    [told] = [leaf for leaf in leaves() if leaf["type"] == "privacy.erased/1"]
    assert told["data"]["leaves"] == [str(leaf_id)] * 2
    assert sorted(told["data"]["paths"]) == ["data.reason_c", "subject.c"]
    assert told["data"]["basis"] == "request"


def test_openings_restored_from_a_backup_stay_unreadable(erased):
    """Attack 23: the rows come back, the key does not, and the database lets nobody bring it back."""
    leaf_id, backup, _settled = erased
    for row in backup:
        sql("INSERT INTO ledger_opening (record_id, path, key_id, nonce, ciphertext) VALUES (%s, %s, %s, %s, %s)", *row)
    assert Opening.objects.filter(key_id=openings.key_id(KEY)).count() == 2
    assert [opening["path"] for opening in log.open_leaf(leaf_id)] == ["actor.c"]
    with rolled_back(DatabaseError, match="append-only"):
        sql("UPDATE ledger_subject_key SET wrapped_dek = 'x', destroyed_at = NULL WHERE id = %s", openings.key_id(KEY))
    with rolled_back(DatabaseError, match="append-only"):
        sql("DELETE FROM ledger_subject_key WHERE id = %s", openings.key_id(KEY))


def commit_of(leaf):
    return leaf["data"]["reason_c"]


def test_a_dictionary_of_phone_numbers_does_not_open_a_commitment(db):
    """Attack 21: against a bare hash the same dictionary finds the number."""
    leaf_id = log.append(NOTED, row=Decision(1), by=log.SYSTEM, data={}, private={"reason": PHONE})
    target = commit_of(entry.parse_leaf(bytes(Record.objects.get(leaf_id=leaf_id).leaf)))
    dictionary = [f"010-1234-{number:04}" for number in range(10_000)]
    bare = hashlib.sha256(PHONE.encode()).hexdigest()
    assert [phone for phone in dictionary if hashlib.sha256(phone.encode()).hexdigest() == bare] == [PHONE]
    salts = [bytes(32), b"\x01" * 32, hashlib.sha256(str(leaf_id).encode()).digest()]
    assert [phone for phone in dictionary for salt in salts if entry.commit(phone, salt) == target] == []


def test_the_leaves_of_a_person_share_no_value_that_links_them(db):
    """Attack 22: same person, same actor, same reason; every commitment and every reference differs."""
    for _ in range(5):
        log.append(
            NOTED, row=SubjectKey(id=openings.key_id("user:1")), by=Officer(), data={}, private={"reason": PHONE}
        )
    written = leaves()
    refs = [leaf["subject"]["ref"] for leaf in written]
    commitments = re.findall(r'"(?:c|\w+_c)":"([^"]+)"', " ".join(bytes(r.leaf).decode() for r in Record.objects.all()))
    assert len(set(refs)) == len(written) == 5
    assert len(set(commitments)) == len(commitments) == 10


def hold(**changes):
    values = {"basis": "suit", "reason": "2026가합1234", "by": Officer()} | changes
    return log.place_hold(log.Subject("person", "x", {"user": "u-1"}, KEY), **values)


def test_a_legal_hold_blocks_the_erasure_until_it_is_lifted(db):
    note()
    placed = hold()
    with rolled_back(log.Held, match="suit"):
        log.erase(KEY, basis="request", by=log.SYSTEM)
    [standing] = log.standing_holds()
    assert (standing.id, standing.basis, standing.reason, standing.whom) == (
        placed,
        "suit",
        "2026가합1234",
        {"user": "u-1"},
    )
    log.lift_hold(placed, reason="확정", by=Officer())
    assert log.standing_holds() == []
    with pytest.raises(log.AlreadyLifted), transaction.atomic():
        log.lift_hold(placed, reason="", by=Officer())
    log.erase(KEY, basis="request", by=log.SYSTEM)
    types = [leaf["type"] for leaf in leaves()]
    assert types[-3:] == ["privacy.hold_placed/1", "privacy.hold_lifted/1", "privacy.erased/1"]
    assert "가합" not in "".join(str(leaf["data"]) for leaf in leaves())


def test_what_was_erased_cannot_be_held(db):
    note()
    log.erase(KEY, basis="request", by=log.SYSTEM)
    with rolled_back(log.KeyDestroyed):
        hold()


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE ledger_subject_key SET wrapped_dek = NULL, destroyed_at = now() WHERE id = %s", "legal hold"),
        ("DELETE FROM ledger_opening WHERE key_id = %s", "legal hold"),
        ("DELETE FROM ledger_hold WHERE key_id = %s", "append-only"),
        ("UPDATE ledger_hold SET basis = 'law' WHERE key_id = %s", "append-only"),
        ("TRUNCATE ledger_opening", "append-only"),
        ("TRUNCATE ledger_subject_key CASCADE", "append-only"),
        ("TRUNCATE ledger_hold", "append-only"),
    ],
)
def test_the_database_keeps_what_is_held_whoever_asks(db, statement, error):
    note()
    parameters = [openings.key_id(KEY)] if "%s" in statement else []
    if parameters:
        hold()
    with rolled_back(DatabaseError, match=error):
        sql(statement, *parameters)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE ledger_hold SET lifted_at = clock_timestamp()", "no ledger leaf"),
        ("INSERT INTO ledger_hold (id, key_id, basis) SELECT gen_random_uuid(), id, 'law' FROM ledger_subject_key LIMIT 1", "no ledger leaf"),
        ("INSERT INTO ledger_hold (id, key_id, basis) VALUES (gen_random_uuid(), gen_random_uuid(), 'law')", "cannot be held"),
        ("INSERT INTO ledger_hold (id, key_id, basis) SELECT gen_random_uuid(), id, 'whim' FROM ledger_subject_key LIMIT 1", "basis"),
        ("UPDATE ledger_hold SET lifted_at = placed_at - interval '1 day'", "violates check"),
    ],
)  # fmt: skip
def test_no_hold_comes_or_goes_without_its_leaf(committed_db, statement, error):
    with transaction.atomic():
        note()
        hold()
    with pytest.raises(IntegrityError, match=error), transaction.atomic():
        sql(statement)
    assert Hold.objects.filter(lifted_at__isnull=True).count() == 1


@pytest.fixture
def web(committed_db):
    """The login of the web process as `deploy/roles.sql` wants it: a member of the writers, of nothing else."""
    with transaction.atomic():
        note(private={"reason": PHONE})
    sql("DO $$ BEGIN CREATE ROLE madang_trial_web LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    sql("GRANT ledger_writer TO madang_trial_web")
    with harness.raw(committed_db) as own:
        own.execute("SET SESSION AUTHORIZATION madang_trial_web")
        own.commit()
        yield own


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("SET ROLE ledger_eraser", "permission denied to set role"),
        ("SET ROLE ledger_owner", "permission denied to set role"),
        ("DELETE FROM ledger_opening", "permission denied"),
        ("UPDATE ledger_subject_key SET wrapped_dek = NULL", "permission denied"),
        ("UPDATE ledger_hold SET lifted_at = now()", "permission denied"),
        ("SELECT ledger_place_hold(gen_random_uuid(), id, 'law') FROM ledger_subject_key LIMIT 1", "no ledger leaf"),
        ("SELECT count(*) FROM ledger_subject_key k, ledger_erase(k.id)", "no ledger leaf"),
        ("SELECT ledger_erase(gen_random_uuid())", "no values are sealed"),
    ],
)
def test_the_web_login_erases_and_holds_nothing_without_a_leaf(web, statement, error):
    with pytest.raises(psycopg.Error, match=error), web.transaction():
        web.execute(statement)
    assert Opening.objects.count() == 3
    assert not SubjectKey.objects.filter(wrapped_dek=None).exists()


def test_the_eraser_wraps_keys_and_erases_nothing(committed_db):
    note_id = None
    with transaction.atomic():
        note_id = note()
    with rolled_back(DatabaseError, match="permission denied"):
        sql("SET LOCAL ROLE ledger_eraser")
        sql("DELETE FROM ledger_opening")
    with pytest.raises(DatabaseError, match="no ledger leaf"), transaction.atomic():
        sql("UPDATE ledger_subject_key SET wrapped_dek = NULL, destroyed_at = now()")
    assert len(log.open_leaf(note_id)) == 2
