"""The rules of the rooms replayed: what each of them refuses, and which file is in force when."""

import json
from uuid import UUID

import pytest

from ledger import machines
from ledger.machines import BrokenRule, InvalidMachines, Machines, Replay, document, steps_rule

LEASE = {("DRAFT", "SENT"): "sent", ("SENT", "SIGNED"): "signed", ("SENT", "LAPSED"): "lapsed"}
STEPS = steps_rule("space.lease", LEASE)
ROOM = {"rule": "once", "thing": "space.stay", "key": ["unit"], "start": "start", "end": "end", "live": ["HELD"]}
HUB = {
    "rule": "sum_max", "thing": "space.stay", "group": ["unit:0"], "live": ["HELD"], "start": "start", "end": "end",
    "cap": {"type": "space.hub.imported", "group": "hub", "value": "units"},
}  # fmt: skip
MONEY = {"rule": "sum_max", "thing": "event.award", "group": ["edition"], "value": "won", "cap": "100000000"}
SHARE = {
    "rule": "share_max",
    "thing": "fund.promise",
    "group": ["fund"],
    "part": "city",
    "whole": "all",
    "cap_bp": 4000,
}


class Log:
    """Leaves as they come, one after the other; `say` goes on with a case by the number of its last leaf."""

    def __init__(self, *rules):
        self.machines, self.ids = Machines(machines.parse(document(rules))), []

    def say(self, event, after=None, subject="s", **data):
        leaf = leaf_of(len(self.ids), event, self.ids[after] if after is not None else None, subject, **data)
        self.ids.append(leaf["id"])
        return self.machines.add(leaf)


def leaf_of(number, event, after=None, subject="s", **data):
    data = {name.rstrip("_"): value for name, value in data.items()}
    name = str(UUID(int=0x70008000000000000000 + number))
    return {
        "type": f"{event}/1",
        "id": name,
        "refs": [after] if after else [],
        "data": data,
        "subject": {"ref": subject},
    }


def test_a_case_walks_its_steps():
    log = Log(STEPS)
    assert log.say("space.lease.sent", from_="DRAFT", to="SENT") is None
    assert log.say("space.lease.amended", after=0, n=1) is None
    assert log.say("space.lease.signed", after=1, from_="SENT", to="SIGNED") is None
    assert [case.state for _, case in log.machines.states()] == ["SIGNED"]


@pytest.mark.parametrize(
    ("event", "data", "wrong"),
    [
        (
            "space.lease.signed",
            {"from_": "DRAFT", "to": "SIGNED"},
            "leads from DRAFT to SIGNED, which is no step of it",
        ),
        ("space.lease.lapsed", {"from_": "SENT", "to": "SIGNED"}, "leads from SENT to SIGNED, which is no step of it"),
        ("space.lease.signed", {"from_": "SENT", "to": "SIGNED"}, "starts in SENT, where no case begins"),
        ("space.lease.signed", {"to": "SIGNED"}, "begins a case in SIGNED"),
        ("space.lease.signed", {}, "names no step"),
    ],
)
def test_a_case_that_begins_wrongly(event, data, wrong):
    assert wrong in Log(STEPS).say(event, **data)


def test_a_case_that_jumps():
    log = Log(STEPS)
    log.say("space.lease.sent", from_="DRAFT", to="SENT")
    log.say("space.lease.lapsed", after=0, from_="SENT", to="LAPSED")
    assert "the case is in LAPSED" in log.say("space.lease.signed", after=1, from_="SENT", to="SIGNED")


def test_numbers_belong_to_their_decisions():
    rule = machines.series_rule("space.lease.signed", "space.lease")
    log = Log(rule)
    assert log.say("space.lease.signed", no="space.lease/2026/1") is None
    assert "has no decision number" in log.say("space.lease.signed")
    assert "not its own" in log.say("space.lease.sent", no="space.lease/2026/2")
    assert log.say("other.thing.done", no="other.thing/2026/1") is None


def test_no_room_twice_at_the_same_time():
    log = Log(ROOM)
    hold = {"unit": "mapo.801", "to": "HELD"}
    assert log.say("space.stay.held", start="2026-01-01", end="2026-07-01", **hold) is None
    assert log.say("space.stay.held", start="2026-07-01", end="2027-01-01", **hold) is None
    assert "mapo.801 is taken twice" in log.say("space.stay.held", start="2026-06-30", end="2026-08-01", **hold)
    assert log.say("space.stay.held", unit="mapo.802", to="HELD", start="2026-01-01", end="2026-02-01") is None


def test_a_room_given_back_is_free():
    log = Log(ROOM)
    log.say("space.stay.held", unit="a.1", to="HELD", start="2026-01-01", end="2026-07-01")
    assert log.say("space.stay.released", after=0, from_="HELD", to="RELEASED") is None
    assert log.say("space.stay.held", unit="a.1", to="HELD", start="2026-02-01", end="2026-03-01") is None


def test_never_more_rooms_than_the_hub_has():
    log = Log(HUB)
    log.say("space.hub.imported", hub="a", units=2)
    spans = [("2026-01-01", "2026-03-01"), ("2026-02-01", "2026-04-01"), ("2026-03-01", "2026-05-01")]
    for number, (start, end) in enumerate(spans):
        assert log.say("space.stay.held", unit=f"a.{number}", to="HELD", start=start, end=end) is None
    assert "a: 3 where at most 2" in log.say(
        "space.stay.held", unit="a.9", to="HELD", start="2026-01-15", end="2026-02-02"
    )
    assert log.say("space.stay.held", unit="b.1", to="HELD", start="2026-01-01", end="2026-03-01") is None


def test_floors_that_are_added_add_to_the_cap():
    log = Log({**HUB, "cap": {**HUB["cap"], "adds": True}})
    for units in (1, 1):
        log.say("space.hub.imported", hub="a", units=units)
    span = {"start": "2026-01-01", "end": "2026-03-01"}
    assert log.say("space.stay.held", unit="a.1", to="HELD", **span) is None
    assert log.say("space.stay.held", unit="a.2", to="HELD", **span) is None
    assert "a: 3 where at most 2" in log.say("space.stay.held", unit="a.3", to="HELD", **span)


def test_awards_of_an_edition_stay_under_the_cap():
    log = Log(MONEY)
    assert log.say("event.award.decided", edition="e1", won="60000000") is None
    assert log.say("event.award.decided", edition="e2", won="60000000") is None
    assert "e1: 100000001" in log.say("event.award.decided", edition="e1", won="40000001")
    assert "is no number" in log.say("event.award.decided", edition="e3", won="viel")


def test_the_citys_share_stays_under_its_part():
    log = Log(SHARE)
    assert log.say("fund.promise.signed", fund="f", city="40", all="100") is None
    assert "more than 4000 basis points" in log.say("fund.promise.signed", fund="f", city="1", all="1")


def test_a_cap_of_a_fund_of_its_own():
    log = Log({**SHARE, "cap_bp": "cap"})
    assert log.say("fund.promise.signed", fund="f", city="50", all="100", cap=5000) is None
    assert "basis points" in log.say("fund.promise.signed", fund="g", city="50", all="100", cap=4999)


OLD, NEW = document([ROOM]), document([STEPS])


def named(data, number=50):
    return leaf_of(number, "ledger.machine", sha256=machines.digest(data), rules=1)


def wrong_step(number):
    return leaf_of(number, "space.lease.signed", from_="DRAFT", to="SIGNED")


def test_a_file_is_in_force_from_the_leaf_that_names_it():
    replay = Replay([OLD, NEW])
    for index, leaf in enumerate([named(OLD, 1), wrong_step(2), named(NEW, 3)]):
        replay.add(index, leaf)
    with pytest.raises(BrokenRule, match=r"leaf 3: space\.lease\.signed leads"):
        replay.add(3, wrong_step(4))


def test_the_first_file_named_is_in_force_from_the_beginning():
    replay = Replay([NEW])
    replay.add(0, wrong_step(1))
    with pytest.raises(BrokenRule, match="leaf 0"):
        replay.add(1, named(NEW))


def test_a_file_that_was_followed_by_another_one_judges_no_longer():
    replay = Replay([NEW])
    for index, leaf in enumerate([named(NEW, 1), named(OLD, 2), wrong_step(3)]):
        replay.add(index, leaf)
    replay.finish()


def test_a_file_that_the_log_never_named_proves_nothing():
    with pytest.raises(InvalidMachines, match="names no machine file"):
        Replay([NEW]).finish()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b'{"v":2,"rules":[]}', b'{"v":1,"rules":{}}', b'{"v":1,"rules":[1]}',
        b'{"v":1,"rules":[{"rule":"magic"}]}', b'{"v":1,"rules":[{"rule":"once","thing":"a"}]}', b"\xff",
    ],
)  # fmt: skip
def test_a_file_that_says_nothing_clear(data):
    with pytest.raises(InvalidMachines):
        machines.parse(data)


def test_the_same_rules_make_the_same_file():
    assert document([STEPS, ROOM]) == document([dict(reversed(ROOM.items())), STEPS])
    assert json.loads(OLD)["v"] == 1


def test_a_case_begins_besides_where_its_rule_says_so():
    begun = steps_rule("space.lease", LEASE, ["SENT"])
    assert Log(begun).say("space.lease.offered", to="SENT") is None
    assert "begins a case in SIGNED" in Log(begun).say("space.lease.offered", to="SIGNED")
    assert "begins a case in SENT" in Log(STEPS).say("space.lease.offered", to="SENT")
