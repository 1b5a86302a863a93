"""Every state of every kind of case has a word and somebody whose move it is, and the database guards its steps."""

import re
from itertools import chain

import pytest
from django.conf import settings
from django.db import connection

from ledger import log
from portal.core import workflows

MACHINES = {f"{room}.{name}": (room, machine) for room, name, machine in workflows.machines()}
EACH = pytest.mark.parametrize("name", sorted(MACHINES))


def test_there_are_machines_to_look_at():
    assert {"intake.application", "tenancy.lease"} <= MACHINES.keys()


@EACH
def test_steps_lead_between_known_states_and_no_state_is_left_out(name):
    _room, machine = MACHINES[name]
    named = set(chain.from_iterable(machine.steps))
    assert named - set(machine.states.values) == set()
    assert set(machine.states.values) - named - UNREACHED.get(name, set()) == set()


#: States that no step reaches or leaves → rows are made in them, or a later step will come.
UNREACHED: dict[str, set[str]] = {}


@EACH
def test_every_state_has_a_korean_name_and_an_owner(name):
    _room, machine = MACHINES[name]
    assert [state for state in machine.states if not re.search("[가-힣]", str(state.label))] == []
    assert set(machine.owners) == set(machine.states.values)


@EACH
def test_nobody_waits_at_an_end_and_somebody_moves_everywhere_else(name):
    _room, machine = MACHINES[name]
    sources = {start for start, _ in machine.steps}
    idle = [
        state for state in sources if str(machine.owners[state]) == "NOBODY" and (name, state) not in REVERSIBLE_ENDS
    ]
    assert idle == []


#: Ends that only another decision opens again (an appeal, a correction): nobody's move, yet a step leaves them.
REVERSIBLE_ENDS = {
    ("intake.application", "INELIGIBLE"),
    ("intake.application", "NOT_SELECTED"),
    ("intake.application", "DISQUALIFIED"),
    ("intake.sheet", "LOCKED"),
    ("intake.stage", "SETTLED"),
    ("tenancy.invoice", "SETTLED"),
    ("fund.settlement", "SETTLED"),
    ("fund.snapshot", "PUBLISHED"),
    ("fund.statement", "ISSUED"),
    ("tenancy.renewal", "REFUSED"),
    ("college.enrolment", "COMPLETED"),
    ("college.enrolment", "NOT_COMPLETED"),
    ("college.enrolment", "EXPELLED"),
    ("college.session", "SEALED"),
    ("college.credential", "ISSUED"),
    ("college.merge", "CONFIRMED"),
    ("college.qualification", "APPROVED"),
    ("fund.share", "PAID"),
    ("mice.award", "CLOSED"),
}


@EACH
def test_every_step_names_an_event(name):
    _room, machine = MACHINES[name]
    assert [step for step in machine.steps.values() if not re.fullmatch(r"[a-z_]+:[a-z_]+", step)] == []


@EACH
def test_the_database_wants_a_leaf_for_every_step(name, db):
    room, machine = MACHINES[name]
    for model, field in workflows.models_of(room, machine):
        assert triggers(model._meta.db_table) == {
            ("leaf_on_insert", "A"),
            ("leaf_on_update", "A"),
            ("leaf_on_delete", "A"),
        }, f"{model._meta.label}.{field} has no RequireLeaf in a migration"


def triggers(table: str) -> set[tuple[str, str]]:
    """Name and mode of a table's leaf triggers; mode A fires for replication sessions too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled::text FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'leaf%%'",
            [table],
        )
        return set(cursor.fetchall())


@EACH
def test_every_step_has_its_event_type_once_its_model_stands(name):
    """``advance`` would fail at the first use of a step whose leaf is not registered."""
    room, machine = MACHINES[name]
    if not workflows.models_of(room, machine):
        return
    known = {kind.name.partition(".")[2] for kind in log.all_types()}
    missing = {step.replace(":", ".") for step in machine.steps.values()} - known
    assert missing == LATER.get(name, set())


#: Steps that stand in the design and are not walked yet; whoever writes their service registers their event.
LATER: dict[str, set[str]] = {}


def test_the_diagrams_are_up_to_date():
    kept = (settings.BASE_DIR / "docs" / "states.md").read_text("utf-8")
    assert kept == workflows.describe(), "run: manage.py describe_states"


def test_rooms_that_share_a_word_for_different_things_keep_their_own_steps():
    """A call for applications and a capital call: the ledger's machines judge each by its own steps, each thing once."""
    cases = list(workflows.cases())
    assert len({case.thing for case in cases}) == len(cases)
    by_thing = {case.thing: set(case.steps) for case in cases}
    assert ("DRAFT", "PUBLISHED") in by_thing["space.call"]
    assert ("APPROVED", "ISSUED") in by_thing["fund.call"]
    assert not by_thing["space.call"] & {("APPROVED", "ISSUED")}
