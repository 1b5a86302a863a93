"""What a reader finds in the log, and how it is told."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils.translation import override

from ledger import browsing, reading
from ledger.browsing import Wanted
from ledger.growth import growth
from ledger.recording import append
from tests.ledger.harness import DECIDED, MOVED, NOTED, Decision, Officer, settle, sql


@pytest.fixture
def log(tmp_path, committed_db):
    """Five leaves: three decisions with numbers, the second leaf of the first case, a note; and one not yet published."""
    ids = [write(DECIDED, 1), write(DECIDED, 2), write(MOVED, 1), write(DECIDED, 3), write(NOTED, 9)]
    places = {name: tmp_path / name.partition("_")[0].lower() for name in ("PUBLIC_DIR", "SIGNER_DIR", "POLICY_FILE")}
    with override_settings(LEDGER={**settings.LEDGER, **places}):
        settle(tmp_path)
        yield [*ids, write(NOTED, 10)]


def write(kind, pk) -> UUID:
    from django.db import transaction

    with transaction.atomic():
        return append(kind, row=Decision(pk), by=Officer(), data={})


def found(wanted=Wanted(), count=10, **place):  # noqa: B008
    return [leaf.index for leaf in browsing.listed(wanted, count, **place).leaves]


def test_finding(log):
    """One log, many questions: setting it up costs more than asking."""
    by_kind_number_and_day(log)
    pages_follow_each_other_in_both_directions()
    outright(log)
    the_chain_of_a_case(log)
    growth_ends_at_the_published_size()
    the_page_answers_whatever_is_asked(log)
    without_reading_every_leaf()
    also_beside_a_spoiled_leaf(log)


def by_kind_number_and_day(log):
    today = browsing.shown(log[0]).at.astimezone(browsing.SEOUL).date()
    year = today.year
    assert found() == [4, 3, 2, 1, 0]
    assert found(Wanted(kind="trial")) == [4, 3, 2, 1, 0]
    assert found(Wanted(kind="trial.decision")) == [3, 2, 1, 0]
    assert found(Wanted(kind="trial.decision.moved/1")) == [2]
    assert found(Wanted(kind="tria_")) == []
    assert found(Wanted(number="trial.decision/")) == [3, 1, 0]
    assert found(Wanted(number=f"trial.decision/{year}/2")) == [1]
    assert found(Wanted(since=today, until=today)) == [4, 3, 2, 1, 0]
    assert found(Wanted(until=today - timedelta(days=1))) == []
    assert found(Wanted(since=today + timedelta(days=1))) == []


def pages_follow_each_other_in_both_directions():
    first = browsing.listed(Wanted(), 2)
    assert ([leaf.index for leaf in first.leaves], first.older, first.newer) == ([4, 3], 3, None)
    second = browsing.listed(Wanted(), 2, before=first.older)
    assert ([leaf.index for leaf in second.leaves], second.older, second.newer) == ([2, 1], 1, 2)
    last = browsing.listed(Wanted(), 2, before=second.older)
    assert ([leaf.index for leaf in last.leaves], last.older, last.newer) == ([0], None, 0)
    back = browsing.listed(Wanted(), 2, after=0)
    assert ([leaf.index for leaf in back.leaves], back.older, back.newer) == ([2, 1], 1, 2)
    top = browsing.listed(Wanted(), 2, after=2)
    assert ([leaf.index for leaf in top.leaves], top.newer) == ([4, 3], None)


def outright(log):
    number = browsing.shown(log[1]).number
    assert number.endswith("/2")
    assert browsing.named(number) == log[1]
    assert browsing.named(f" {log[3]} ") == log[3]
    assert browsing.named("2") == log[2]
    for nothing in ("5", "99999999999999999999", "trial.decision/2026/77", str(uuid4()), "가나다", "", "a/b/c'--", "²"):
        assert browsing.named(nothing) is None


def the_chain_of_a_case(log):
    assert [UUID(leaf.id) for leaf in browsing.chain(log[2])] == [log[0], log[2]]
    assert [UUID(told.leaf.id) for told in browsing.told([("ledger_test_decision", "2")], ())] == [log[1]]


def without_reading_every_leaf():
    sql("SET enable_seqscan = off")
    for wanted, index in ((Wanted(kind="trial.note"), "ledger_record_type"), (Wanted(number="x/"), "_number")):
        (text, values), *_ = wanted.conditions()
        plan = "\n".join(line for (line,) in sql(f"EXPLAIN SELECT 1 FROM ledger_record r WHERE {text}", *values))
        assert index in plan


def also_beside_a_spoiled_leaf(log):
    sql("ALTER TABLE ledger_record DISABLE TRIGGER ALL")
    sql("UPDATE ledger_record SET leaf = '\\xff00ff'::bytea WHERE leaf_id = %s", log[4])
    assert found(Wanted(kind="trial.decision")) == [3, 2, 1, 0]
    # Its own page, and those on which it is one of several, say so instead of failing.
    assert [leaf.spoiled for leaf in browsing.listed(Wanted(), 10).leaves] == [True, False, False, False, False]
    for path in (f"/en/log/leaf/{log[4]}/", "/en/log/"):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert "Entry whose bytes were changed" in answer.content.decode()
    assert "This entry was changed after it was recorded" in Client().get(f"/en/log/leaf/{log[4]}/").content.decode()
    sql("UPDATE ledger_record SET leaf = convert_to(%s, 'UTF8') WHERE leaf_id = %s", '{"v": 1}', log[0])
    assert [leaf.spoiled for leaf in browsing.chain(log[2])] == [True, False]
    assert Client().get(f"/ko/log/leaf/{log[2]}/").status_code == 200


def growth_ends_at_the_published_size():
    picture = growth(reading.status().now)
    assert picture.hourly
    assert (picture.bars[-1].size, sum(bar.grown for bar in picture.bars)) == (5, 5)
    assert growth(reading.status().now + timedelta(days=12)).bars[-1].grown == 0
    assert len(growth(reading.status().now + timedelta(days=3000)).bars) <= 32


def test_an_empty_log_has_an_empty_page(db):
    page = Client().get("/ko/log/").content.decode()
    assert "아직 확정된 기록이 없습니다." in page
    assert '<svg class="growth"' not in page


ANSWERS = [
    ({"kind": "trial.note"}, "trial.note.written/1"),
    ({"kind": "space.lease"}, "No entry fits."),
    ({"kind": "%"}, "There is no such kind of entry."),
    ({"q": "가나다"}, "Nothing found."),
    ({"q": "trial.decision/2026/77"}, "No entry fits."),
    ({"since": "2026-13-45"}, "Enter a valid date."),
    ({"before": "x", "after": "-1"}, "trial.note.written/1"),
    ({"before": "0"}, "No entry fits."),
]


def the_page_answers_whatever_is_asked(log):
    for query, says in ANSWERS:
        answer = Client().get("/en/log/", query)
        assert (answer.status_code, says in answer.content.decode()) == (200, True), (query, says)
    answer = Client().get("/ko/log/", {"q": browsing.shown(log[1]).number})
    assert (answer.status_code, answer["Location"]) == (302, f"/ko/log/leaf/{log[1]}/")


def test_a_leaf_is_told_in_words():
    from ledger import words

    words.describe_cases(lambda: [words.Case("trial.decision", {("A", "B"): "moved"}, {"A": "가", "B": "나"})])
    words.name(roles={"space.tester": "시험자"}, fields={"n": "번호표"})
    assert words.state("trial.decision", "A") == "가"
    assert words.state("trial.decision", "C") == "C"
    assert list(words.facts("trial.decision", {"to": "B", "n": 3, "reason_c": "x"})) == [
        (words.of("field", "to"), "나"),
        ("번호표", 3),
    ]
    with override("ko"):
        assert str(words.of("field", "to")) == "새 상태"
    assert words.of("role", "space.tester") == "시험자"
    assert words.of("role", "nobody") == "nobody"
    words._describers.pop()
    words.cases.cache_clear()
