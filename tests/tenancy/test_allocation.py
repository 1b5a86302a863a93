import json
import subprocess
import sys
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenancy.allocation import allocate, check, main

PEOPLE, UNITS = ["a", "b", "c", "d", "e"], ["U1", "U2", "U3", "U4"]


@st.composite
def cases(draw):
    applicants = draw(st.permutations(PEOPLE))[: draw(st.integers(0, 5))]
    lists = st.permutations(UNITS).flatmap(lambda units: st.integers(0, 4).map(lambda n: units[:n]))
    return applicants, {who: draw(lists) for who in applicants if draw(st.booleans()) or draw(st.booleans())}


def by_trying_all(applicants, preferences):
    """The matching that is best by rank of those placed, then by each one's wish in rank order."""
    choices = [[None, *preferences.get(who, ())] for who in applicants]
    best, best_key = {}, None
    for units in product(*choices):
        taken = [unit for unit in units if unit]
        if len(set(taken)) < len(taken):
            continue
        placed = tuple(unit is None for unit in units)
        given = list(zip(applicants, units, strict=True))
        wishes = tuple(99 if unit is None else list(preferences[who]).index(unit) for who, unit in given)
        if best_key is None or (placed, wishes) < best_key:
            best_key = (placed, wishes)
            best = {who: unit for who, unit in given if unit}
    return best


@settings(max_examples=400)
@given(cases())
def test_the_best_of_all_matchings(case):
    applicants, preferences = case
    result = allocate(applicants, preferences)
    assert result == by_trying_all(applicants, preferences)
    assert check(applicants, preferences, result) == []


@given(cases())
def test_as_many_placed_as_possible(case):
    applicants, preferences = case
    most = max(
        len({unit for unit in units if unit})
        for units in product(*[[None, *preferences.get(who, ())] for who in applicants])
        if len({unit for unit in units if unit}) == sum(unit is not None for unit in units)
    )
    assert len(allocate(applicants, preferences)) == most


@settings(max_examples=400)
@given(cases(), st.data())
def test_the_checker_refuses_every_other_result(case, data):
    applicants, preferences = case
    right = allocate(applicants, preferences)
    other = {}
    for who in applicants:
        unit = data.draw(st.sampled_from([None, *UNITS, "U9"]), label=who)
        if unit:
            other[who] = unit
    assert (check(applicants, preferences, other) == []) == (other == right)


@given(cases(), st.data())
def test_reordering_ones_own_list_never_helps(case, data):
    applicants, preferences = case
    listed = [who for who in applicants if preferences.get(who)]
    if not listed:
        return
    who = data.draw(st.sampled_from(listed))
    told = {**preferences, who: data.draw(st.permutations(preferences[who]))}
    honest, other = allocate(applicants, preferences).get(who), allocate(applicants, told).get(who)
    wishes = [*preferences[who], None]
    assert wishes.index(honest) <= wishes.index(other)


@given(cases(), st.randoms())
def test_order_of_the_mapping_is_irrelevant(case, random):
    applicants, preferences = case
    keys = list(preferences)
    random.shuffle(keys)
    shuffled = {key: preferences[key] for key in keys}
    assert allocate(applicants, shuffled) == allocate(applicants, preferences)
    assert list(shuffled) == keys


@pytest.mark.parametrize(
    ("applicants", "preferences"),
    [(["a", "a"], {}), (["a"], {"a": ["U1", "U1"]}), (["a"], {"b": ["U1"]})],
)
def test_refused(applicants, preferences):
    with pytest.raises(ValueError):
        allocate(applicants, preferences)
    assert applicants == ["a"] or check(applicants, preferences, {})


def test_long_chains_do_not_exhaust_the_stack():
    count = 3000
    applicants = [f"a{n}" for n in range(count)]
    preferences = {f"a{n}": [f"u{n}", f"u{n + 1}"] for n in range(count - 1)} | {f"a{count - 1}": ["u0"]}
    result = allocate(applicants, preferences)
    assert (result["a0"], result[f"a{count - 1}"]) == ("u1", "u0")
    assert check(applicants, preferences, result) == []


LEFT_OUT = "B was left out although a room could be made free for it"
PROOF = {"applicants": ["A", "B"], "preferences": {"A": ["U1", "U2"], "B": ["U1"]}, "result": {"A": "U2", "B": "U1"}}


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({}, 0, "2 placed, 0 violations\n"),
        ({"result": {"A": "U1"}}, 1, f"{LEFT_OUT}\n1 placed, 1 violations\n"),
        ({"result": None}, 2, ""),
    ],
)
def test_anyone_can_check_a_proof_file(tmp_path, capsys, changed, code, said):
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(PROOF | changed), encoding="utf-8")
    assert main(["check", str(file)]) == code
    assert capsys.readouterr().out == said


def test_the_command_needs_no_portal(tmp_path):
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(PROOF), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tenancy.allocation", "check", str(file)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "2 placed, 0 violations\n")


def test_usage(capsys):
    assert main(["allocate"]) == 2
    assert "usage" in capsys.readouterr().err
