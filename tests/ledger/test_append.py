"""Appending: in the deciding transaction or not at all, chained, numbered, sealed."""

import json
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import rfc8785
from django.db import DatabaseError, IntegrityError, connection

from ledger import entry, log, openings, recording
from ledger.models import Opening, Pending, Record, Series, SubjectKey
from tests.ledger import harness
from tests.ledger.harness import DECIDED, MOVED, NOTED, Decision, Officer, note, rolled_back, sql

pytestmark = pytest.mark.django_db


def leaf_of(leaf_id):
    return entry.parse_leaf(bytes(Record.objects.get(leaf_id=leaf_id).leaf))


def decide(pk=1, **data):
    return log.append(DECIDED, row=Decision(pk), by=Officer(), data=data)


def test_a_leaf_says_what_was_decided_and_by_which_role():
    leaf_id = log.append(
        "trial.decision.decided",
        row=Decision(7),
        by=Officer(),
        data={"from": "proposed", "to": "decided", "n": 3, "hub": "MAPO"},
        private={"reason": "점수가 가장 높음"},
    )
    leaf = leaf_of(leaf_id)
    year = sql("SELECT extract(year FROM now() AT TIME ZONE 'Asia/Seoul')::int")[0][0]
    assert leaf["id"] == str(leaf_id)
    assert leaf["type"] == "trial.decision.decided/1"
    assert leaf["actor"].keys() == {"role", "c"}
    assert leaf["actor"]["role"] == "space.approver"
    assert leaf["subject"]["ref"] == "c-7"
    assert leaf["refs"] == []
    assert leaf["data"].keys() == {"from", "to", "n", "hub", "no", "reason_c"}
    assert leaf["data"]["no"] == f"trial.decision/{year}/1"
    assert Pending.objects.count() == Record.objects.count() == 1


def test_the_time_is_the_databases_and_the_id_carries_it():
    leaf = leaf_of(note())
    at = datetime.fromisoformat(leaf["at"])
    now = sql("SELECT clock_timestamp()")[0][0]
    assert timedelta() <= now - at < timedelta(seconds=20)
    assert uuid.UUID(leaf["id"]).version == 7
    # The id's is the portal's, which has to know it before it seals.
    written = int(leaf["id"].replace("-", "")[:12], 16) / 1000
    assert abs(at.timestamp() - written) < 60


def test_leaves_of_one_row_form_a_chain():
    first, second, third = note(1), note(1), note(1)
    other = note(2)
    assert [leaf_of(leaf)["refs"] for leaf in (first, second, third, other)] == [[], [str(first)], [str(second)], []]


def test_further_refs_come_after_the_chain():
    root = decide(9)
    first = note(1, refs=[root])
    second = note(1, refs=[root, first])
    assert leaf_of(first)["refs"] == [str(root)]
    assert leaf_of(second)["refs"] == [str(first), str(root)]


def test_a_case_cannot_begin_in_the_chain_of_another():
    first = note(1)
    with pytest.raises(log.InvalidData, match="first leaf"):
        note(2, refs=[first])


def test_refs_name_leaves_that_exist():
    with pytest.raises(log.InvalidData, match="do not exist"):
        note(1, refs=[uuid.uuid4()])


def test_numbers_run_without_gaps_and_come_back_after_a_rollback():
    numbers = [leaf_of(decide(pk))["data"]["no"].rpartition("/")[2] for pk in (1, 2)]
    with rolled_back(RuntimeError):
        decide(3)
        raise RuntimeError
    numbers.append(leaf_of(decide(4))["data"]["no"].rpartition("/")[2])
    assert numbers == ["1", "2", "3"]
    assert Series.objects.get().last == 3


def test_private_values_open_and_nothing_of_them_is_in_the_leaf():
    leaf_id = log.append(
        MOVED, row=Decision(1, name="홍길동"), by=Officer("u-99"), data={}, private={"reason": "전화 010-0000-0000"}
    )
    text = bytes(Record.objects.get(leaf_id=leaf_id).leaf).decode()
    for secret in ("홍길동", "u-99", "010-0000-0000"):
        assert secret not in text
        assert not Opening.objects.filter(ciphertext__contains=secret.encode()).exists()
    opened = {item["path"]: item for item in openings.open_leaf(leaf_id)}
    assert {path: item["value"] for path, item in opened.items()} == {
        "actor.c": {"user": "u-99"},
        "data.reason_c": "전화 010-0000-0000",
        "subject.c": {"name": "홍길동"},
    }
    leaf = leaf_of(leaf_id)
    for path, item in opened.items():
        first, last = path.split(".")
        assert entry.commit(item["value"], entry.salt_bytes(item["salt"])) == leaf[first][last]


def test_no_two_leaves_of_a_person_can_be_linked():
    """Attack 22: the same person, name and reason; no commitment repeats."""
    leaves = [log.append(NOTED, row=Decision(1), by=Officer(), data={}, private={"reason": "x"}) for _ in range(3)]
    found = re.findall(
        r'"(?:c|reason_c)":"([^"]+)"', " ".join(json.dumps(leaf_of(leaf), separators=(",", ":")) for leaf in leaves)
    )
    assert len(found) == len(set(found)) == 9


def test_a_person_has_one_key_whoever_the_leaf_is_about():
    log.append(NOTED, row=Decision(1, key="user:1"), by=Officer(), data={}, private={"reason": "x"})
    log.append(NOTED, row=Decision(2, key="user:1"), by=Officer(), data={}, private={"reason": "y"})
    assert SubjectKey.objects.count() == 2
    assert Opening.objects.filter(key=openings.key_id("user:1")).count() == 4


def test_a_row_without_a_key_seals_under_one_of_its_own():
    log.append(NOTED, row=Decision(1, key=None), by=log.SYSTEM, data={}, private={"reason": "x"})
    assert Opening.objects.filter(key=openings.key_id(f"{harness.TABLE}:1")).count() == 2


def test_private_values_are_brought_into_the_leafs_rules():
    values = {
        "reason": ["e\u0301", Decimal("1.50"), date(2026, 1, 2), True, 7, {"none": None, "who": uuid.UUID(int=1)}]
    }
    leaf_id = log.append(NOTED, row=Decision(1), by=log.SYSTEM, data={}, private=values)
    opened = {item["path"]: item["value"] for item in openings.open_leaf(leaf_id)}
    assert opened["data.reason_c"] == ["é", "1.50", "2026-01-02", True, 7, {"who": str(uuid.UUID(int=1))}]


def test_the_system_acts_without_a_commitment():
    leaf = leaf_of(log.append(NOTED, row=Decision(1), by=log.SYSTEM.acting_as("space.approver"), data={}))
    assert leaf["actor"] == {"role": "system"}


def test_what_the_database_puts_in_goes_nowhere_else():
    """Fields named and filled like the gaps that the function fills stay as they were given."""
    kind = log.register(
        log.EventType("trial.gap.made", 1, {"at": "time", "refs": "ref[]", "id": "ref"}, series="trial.gap")
    )
    data = {"at": recording._ANY_TIME, "refs": [recording._ANY_LEAF], "id": "no"}
    first = log.append(kind, row=Decision(1), by=log.SYSTEM, data=data)
    leaf = leaf_of(log.append(kind, row=Decision(1), by=log.SYSTEM, data=data))
    number = leaf["data"].pop("no")
    assert leaf["data"] == data
    assert number.endswith("/2")
    assert leaf["refs"] == [str(first)]
    assert leaf["at"] > "2026"


@pytest.mark.parametrize(
    ("event", "data", "private", "error"),
    [
        ("trial.unknown.done", {}, None, log.UnknownEvent),
        (DECIDED, {"more": 1}, None, log.InvalidData),
        (DECIDED, {"n": "3"}, None, log.InvalidData),
        (DECIDED, {"n": True}, None, log.InvalidData),
        (DECIDED, {"n": 1.0}, None, log.InvalidData),
        (DECIDED, {"hub": "BUSAN"}, None, log.InvalidData),
        (DECIDED, {"to": "free text here"}, None, log.InvalidData),
        (DECIDED, {}, {"unknown": "x"}, log.InvalidData),
        (DECIDED, {}, {"reason": 1.5}, log.InvalidLeaf),
        (DECIDED, {}, {"reason": "a\0"}, log.InvalidLeaf),
    ],
)
def test_data_outside_the_event_type_are_refused(event, data, private, error):
    with pytest.raises(error):
        log.append(event, row=Decision(1), by=Officer(), data=data, private=private)
    assert not Record.objects.exists()


def test_a_value_too_long_for_a_leafs_rules_is_refused():
    with pytest.raises(log.InvalidLeaf):
        log.append(NOTED, row=Decision(1), by=Officer(), data={}, private={"reason": "가" * 30_000})


def test_the_function_refuses_a_time_that_is_not_now():
    """Attack 24: a leaf dated otherwise than within a minute of the database's clock."""
    leaf = leaf_of(note())
    for shift in (timedelta(seconds=-61), timedelta(seconds=61)):
        at = sql("SELECT clock_timestamp()")[0][0].astimezone(UTC) + shift
        forged = leaf | {"id": str(uuid.UUID(int=1 << 80 | 7 << 76 | 2 << 62)), "at": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"}
        with rolled_back(IntegrityError, match="is not now"):
            sql("SELECT ledger_append('t', '1', %s)", entry.leaf_bytes(forged))


def test_the_cost_of_an_append():
    """One round trip, however many private values; keys that this process has not used lately take one more."""
    note()
    with connection.execute_wrapper(count := Counter()):
        log.append(DECIDED, row=Decision(1), by=Officer(), data={}, private={"reason": "x"})
    assert count.statements == 1
    openings.forget(openings.key_id("organisation:1"))
    with connection.execute_wrapper(count):
        note()
    assert count.statements == 3


def test_keys_of_many_rows_are_made_with_one_question_and_one_answer():
    rows = [Decision(pk, key=f"organisation:{pk}") for pk in (31, 32, 33)]
    with connection.execute_wrapper(count := Counter()):
        log.prepare([*rows, rows[0]])
        assert count.statements == 2  # what is there, and those that are missing
        log.prepare(rows)
        log.append(NOTED, row=rows[1], by=log.SYSTEM, data={}, private={"reason": "x"})
    assert count.statements == 3
    assert SubjectKey.objects.count() == 3


def test_a_key_remembered_from_a_transaction_that_was_rolled_back_seals_nothing():
    with rolled_back(RuntimeError):
        note()
        raise RuntimeError
    before = openings.remembered([openings.key_id("organisation:1")])
    opened = openings.open_leaf(note())
    assert before is not None
    assert openings.remembered([openings.key_id("organisation:1")]) != before
    assert {item["path"] for item in opened} == {"actor.c", "subject.c"}


class Counter:
    statements = 0

    def __call__(self, execute, *arguments):
        self.statements += 1
        return execute(*arguments)


def test_a_destroyed_key_is_not_written_under_again():
    note()
    log.erase("organisation:1", basis="request", by=log.SYSTEM)
    with pytest.raises(log.KeyDestroyed):
        note()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_record SET leaf = leaf",
        "DELETE FROM ledger_record",
        "TRUNCATE ledger_record CASCADE",
        "UPDATE ledger_tree_state SET size = size",
        "UPDATE ledger_tree_state SET size = 0",
        "DELETE FROM ledger_tree_state",
        "TRUNCATE ledger_tree_state",
        "TRUNCATE ledger_tile",
        "TRUNCATE ledger_entry",
        "TRUNCATE ledger_checkpoint CASCADE",
        "TRUNCATE ledger_cosignature",
        "TRUNCATE ledger_published",
    ],
)
def test_what_was_written_stays(statement):
    note()
    with rolled_back(DatabaseError, match="append-only"):
        sql(statement)


def test_a_replication_session_does_not_escape_the_triggers():
    note()
    sql("SET LOCAL session_replication_role = replica")
    with rolled_back(DatabaseError, match="append-only"):
        sql("DELETE FROM ledger_record")


def test_a_writer_cannot_write_around_the_function():
    sql("SET LOCAL ROLE ledger_writer")
    with rolled_back(DatabaseError, match="permission denied"):
        sql(
            "INSERT INTO ledger_record (leaf_id, subject_table, subject_pk, leaf) VALUES (gen_random_uuid(), 't', '1', '{}')"
        )
    for statement in ("DELETE FROM ledger_opening", "INSERT INTO ledger_opening DEFAULT VALUES"):
        with rolled_back(DatabaseError, match="permission denied"):
            sql(statement)
    leaf_id = note()
    sql("RESET ROLE")
    assert Record.objects.get().leaf_id == leaf_id


def test_an_opening_is_sealed_as_the_canonical_pair_of_salt_and_value():
    leaf_id = log.append(NOTED, row=Decision(1), by=log.SYSTEM, data={}, private={"reason": {"b": "가", "a": 1}})
    keys = openings.read_deks(list(SubjectKey.objects.values_list("id", flat=True)))
    opening = Opening.objects.get(path="data.reason_c")
    place = leaf_id.bytes + b"data.reason_c"
    text = keys[opening.key_id].cipher.decrypt(bytes(opening.nonce), bytes(opening.ciphertext), place)
    assert text == rfc8785.dumps(json.loads(text))
    assert json.loads(text)["value"] == {"b": "가", "a": 1}
