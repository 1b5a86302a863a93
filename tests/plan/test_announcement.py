from datetime import date

import pytest

from portal.plan.announcement import Unreadable, read

SMALL = """
plan: toy-2020
cluster: {code: toy, name_ko: 장난감, name_en: Toy}
name_ko: 장난감 계획
announced_date: 2020-02-01
period: {from: 2020-01-01, to: 2021-01-01}
sources:
  paper: {outlet: 신문, date: 2020-02-01, title: 제목}
budget:
  - {code: total, name_ko: 총액, amount_won: 100, target: null, cap: null, source: paper}
targets:
  - {code: seats, name_ko: 자리, metric: toy.seats, amount_won: null, target: 5, unit: places, cap: null, by: 2020-12-31, parts: {a: 2, b: 3}, source: paper}
"""


def changed(old: str, new: str) -> bytes:
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new).encode()


def test_amount_target_and_cap_stay_three_things_and_null_stays_unknown():
    plan = read(SMALL.encode())
    [money], [seats] = plan.budget, plan.targets
    assert (money["amount_won"], money["target"], money["cap"]) == (100, None, None)
    assert (seats["amount_won"], seats["target"], seats["cap"]) == (None, 5, None)
    assert seats["by_date"] == date(2020, 12, 31)


def test_a_zero_is_not_taken_for_unknown():
    [money] = read(changed("amount_won: 100", "amount_won: 0")).budget
    assert money["amount_won"] == 0


def test_a_target_without_a_scope_reaches_over_its_parts():
    [seats] = read(SMALL.encode()).targets
    assert seats["scope"] == ["a", "b"]


def test_a_source_without_a_certain_day_keeps_its_words():
    [source] = read(changed("outlet: 신문, date: 2020-02-01", "outlet: 신문, date: '2019, some day'")).sources
    assert (source["published_date"], source["published_words"]) == (None, "2019, some day")


def test_the_hash_is_of_the_file_as_it_is():
    assert read(SMALL.encode()).content_hash != read(SMALL.encode() + b"\n").content_hash


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("amount_won: 100", "amount_won: 100.5", "total: amount_won is not a whole number"),
        ("amount_won: 100", "amount_won: true", "total: amount_won is not a whole number"),
        ("target: 5,", "target: '5',", "seats: target is not a whole number"),
        ("by: 2020-12-31", "by: soon", "seats: by is not a day"),
        ("plan: toy-2020", "plan: null", "plan: plan is missing"),
        ("parts: {a: 2, b: 3}, source: paper", "source: rumour", "seats: unknown source rumour"),
        ("period: {from: 2020-01-01, to: 2021-01-01}", "", "period is missing"),
        ("{code: total,", "{code: total, part_of: nothing,", "total: part of an unknown line nothing"),
    ],
)
def test_a_file_that_says_it_wrongly_is_refused_by_line(old, new, says):
    with pytest.raises(Unreadable, match=says):
        read(changed(old, new))


def test_two_lines_of_one_code_are_refused():
    line = SMALL.splitlines()[-1]
    with pytest.raises(Unreadable, match="seats: named twice"):
        read(f"{SMALL}{line}\n".encode())


@pytest.mark.parametrize("content", [b"", b"- a list\n"])
def test_a_file_that_is_no_plan_is_refused(content):
    with pytest.raises(Unreadable, match="no plan"):
        read(content)
