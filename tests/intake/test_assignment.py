from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.intake.assignment import ALL_BARRED, NOBODY_LEFT, Shortage, assign

FILES, PEOPLE = ["f1", "f2", "f3"], ["e1", "e2", "e3"]
PAIRS = list(product(PEOPLE, FILES))


def best_by_trying_all(barred, per_file, match):
    """(missing seats, highest load, −match) of the best of all plans."""
    free = {file: [who for who in PEOPLE if (who, file) not in barred] for file in FILES}
    seats = {file: min(per_file, len(free[file])) for file in FILES}
    plans = product(*(combinations(free[file], seats[file]) for file in FILES))
    as_pairs = ([(who, file) for file, readers in zip(FILES, plan, strict=True) for who in readers] for plan in plans)
    return min(weigh(pairs, per_file, match) for pairs in as_pairs)


def weigh(pairs, per_file, match):
    loads = [sum(who == one for one, _ in pairs) for who in PEOPLE]
    return (len(FILES) * per_file - len(pairs), max(loads), -sum(match.get(pair, 0) for pair in pairs))


@settings(max_examples=200)
@given(st.sets(st.sampled_from(PAIRS)), st.integers(1, 3), st.dictionaries(st.sampled_from(PAIRS), st.integers(-3, 9)))
def test_as_good_as_the_best_of_all_plans(barred, per_file, match):
    plan = assign(FILES, PEOPLE, barred, per_file, match=match)
    assert not barred & set(plan.pairs)
    assert weigh(plan.pairs, per_file, match) == best_by_trying_all(barred, per_file, match)
    assert sum(short.missing for short in plan.short) == len(FILES) * per_file - len(plan.pairs)


@given(st.sets(st.sampled_from(PAIRS)), st.randoms())
def test_the_order_given_in_does_not_matter(barred, random):
    files, people = FILES[:], PEOPLE[:]
    random.shuffle(files)
    random.shuffle(people)
    assert assign(files, people, barred, 2) == assign(FILES, PEOPLE, barred, 2)


def test_fixed_pairs_stay_and_count():
    plan = assign(["f1", "f2"], ["e1", "e2"], (), 1, fixed=[("e1", "f1")])
    assert plan.pairs == [("e1", "f1"), ("e2", "f2")]
    assert plan.loads == {"e1": 1, "e2": 1}


def test_who_is_short_and_why():
    plan = assign(["f1", "f2"], ["e1"], [("e1", "f1")], 1)
    assert plan.short == [Shortage("f1", 1, ALL_BARRED, ("e1",))]
    [short] = assign(["f1"], ["e1"], [], 2).short
    assert (short.missing, short.why) == (1, NOBODY_LEFT)


def test_without_preferences_the_first_keys_read():
    assert assign(["f1"], ["e2", "e1"], (), 1).pairs == [("e1", "f1")]


def test_nobody_in_the_pool():
    assert [short.missing for short in assign(["f1"], [], (), 3).short] == [3]


@pytest.mark.parametrize(
    "wrong",
    [
        {"files": ["f1", "f1"]},
        {"per_file": 0},
        {"barred": [("f1", "e1")]},
        {"fixed": [("e1", "f1")], "barred": [("e1", "f1")]},
        {"fixed": [("e9", "f1")]},
    ],
)
def test_refused(wrong):
    with pytest.raises(ValueError):
        assign(**{"files": ["f1"], "evaluators": ["e1"], "barred": (), "per_file": 1, **wrong})
