from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.intake.scoring import Criterion, InvalidScores, Rule, Sheet, final_base, rank, rank_finals

CRITERIA = [Criterion("A", 10, 6000), Criterion("B", 5, 4000)]
SEED = bytes(range(32))


def sheets_of(scores):
    """{application: [(A, B), …]} as sheets of evaluators E0, E1 …"""
    return [
        Sheet(f"E{n}", application, {"A": a, "B": b})
        for application, rows in scores.items()
        for n, (a, b) in enumerate(rows)
    ]


SCORES = st.dictionaries(
    st.sampled_from("PQRSTU"),
    st.lists(st.tuples(st.none() | st.integers(0, 10), st.none() | st.integers(0, 5)), min_size=1, max_size=7),
    min_size=1,
)
RULES = st.builds(
    Rule,
    combine=st.sampled_from(["mean", "trimmed_mean", "median"]),
    trim_from=st.integers(3, 5),
    min_sheets=st.integers(1, 3),
    pass_mark=st.none() | st.fractions(0, 100),
    tie_break=st.sampled_from([(), ("A",), ("B", "A"), ("A", "lottery"), ("base", "B")]),
)


@given(SCORES, RULES, st.randoms())
def test_the_order_of_sheets_never_matters(scores, rule, random):
    sheets = sheets_of(scores)
    shuffled = sheets[:]
    random.shuffle(shuffled)
    assert rank(shuffled, CRITERIA, rule, seed=SEED) == rank(sheets, CRITERIA, rule, seed=SEED)


@given(SCORES, RULES)
def test_scale_of_an_item_never_matters(scores, rule):
    doubled = {key: [(a, None if b is None else 2 * b) for a, b in rows] for key, rows in scores.items()}
    coarse = rank(sheets_of(scores), CRITERIA, rule, seed=SEED)
    fine = rank(sheets_of(doubled), [CRITERIA[0], Criterion("B", 10, 4000)], rule, seed=SEED)
    assert fine == coarse


@given(SCORES, RULES)
def test_places_are_counted_on_after_a_shared_one(scores, rule):
    ranked = rank(sheets_of(scores), CRITERIA, rule, seed=SEED)
    placed = [row.place for row in ranked if row.place]
    assert placed == [sum(other < place for other in placed) + 1 for place in placed]
    totals = [row.total for row in ranked if row.place]
    assert totals == sorted(totals, reverse=True)
    assert all(row.total is None and not row.passed for row in ranked if row.place is None)


@given(SCORES, RULES)
def test_a_tie_is_named_exactly_where_totals_are_equal(scores, rule):
    ranked = [row for row in rank(sheets_of(scores), CRITERIA, rule, seed=SEED) if row.place]
    for row in ranked:
        alike = [other for other in ranked if other.total == row.total and other is not row]
        sharing = any(other.place == row.place for other in alike)
        assert (row.tie is None) == (not alike)
        assert (row.tie == "shared") == sharing


@given(SCORES, RULES)
def test_a_higher_score_never_lowers_the_place(scores, rule):
    key = min(scores)
    raised = {**scores, key: [(None if a is None else 10, None if b is None else 5) for a, b in scores[key]]}
    before = {row.application: row for row in rank(sheets_of(scores), CRITERIA, rule, seed=SEED)}
    after = {row.application: row for row in rank(sheets_of(raised), CRITERIA, rule, seed=SEED)}
    if before[key].place:
        assert after[key].place <= before[key].place


def test_a_sheet_without_a_counted_score_is_no_sheet():
    criteria = [*CRITERIA, Criterion("note", 5, 0, counted=False)]
    ranked = rank([Sheet("E1", "P", {"note": 5}), Sheet("E2", "P", {"A": 5})], criteria)
    assert (ranked[0].sheets, ranked[0].base) == (1, 50)


def test_scored_by_nobody_comes_last_in_the_tie_break():
    sheets = [Sheet("E", "P", {"A": 10}), Sheet("E", "Q", {"A": 10, "B": 5})]
    ranked = rank(sheets, CRITERIA, Rule(tie_break=("B",)))
    assert [(row.application, row.place, row.tie) for row in ranked] == [("Q", 1, "B"), ("P", 2, "B")]


def test_each_of_three_is_told_where_it_parted_from_the_others():
    criteria = [Criterion("A", 10, 3000), Criterion("B", 10, 3000), Criterion("C", 10, 4000)]
    rows = {"P": (6, 2, 4), "Q": (2, 6, 4), "R": (2, 2, 7)}
    sheets = [Sheet("E", key, dict(zip("ABC", row, strict=True))) for key, row in rows.items()]
    ranked = rank(sheets, criteria, Rule(tie_break=("A", "B")))
    assert [(row.application, row.tie) for row in ranked] == [("P", "A"), ("Q", "B"), ("R", "B")]


def test_bonus_is_capped_and_breaks_a_tie():
    sheets = [Sheet("E", "P", {"A": 5}), Sheet("E", "Q", {"A": 4})]
    capped = rank(sheets, CRITERIA, Rule(bonus_cap=Fraction(3)), bonuses={"Q": Fraction(20)})
    assert [(row.application, row.total) for row in capped] == [("P", 50), ("Q", 43)]
    tied = rank(sheets, CRITERIA, Rule(tie_break=("bonus",)), bonuses={"Q": Fraction(10)})
    assert [(row.application, row.tie) for row in tied] == [("Q", "bonus"), ("P", "bonus")]


def test_stages_are_combined_exactly_and_the_bonus_counts_once():
    bases = {
        "P": final_base([(3000, Fraction(80)), (7000, Fraction(70))]),
        "Q": final_base([(3000, Fraction(70)), (7000, Fraction(220, 3))]),
    }
    ranked = rank_finals(bases, CRITERIA, Rule(pass_mark=Fraction(60)), bonuses={"P": Fraction(1)})
    assert [(row.application, row.total) for row in ranked] == [("P", 74), ("Q", Fraction(217, 3))]


def test_a_tie_after_the_last_stage_uses_its_sheets():
    sheets = [Sheet("E", "P", {"A": 5, "B": 5}), Sheet("E", "Q", {"A": 6, "B": 4}), Sheet("E", "gone", {"A": 1})]
    ranked = rank_finals({"P": Fraction(70), "Q": Fraction(70)}, CRITERIA, Rule(tie_break=("A",)), sheets)
    assert [(row.application, row.place, row.tie) for row in ranked] == [("Q", 1, "A"), ("P", 2, "A")]


def test_stage_shares_must_add_up():
    with pytest.raises(InvalidScores):
        final_base([(3000, Fraction(80)), (6000, Fraction(70))])


ONE = [Sheet("E", "P", {"A": 1})]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sheets": [Sheet("E", "P", {"A": True})]},
        {"sheets": [Sheet("E", "P", {"A": 1.0})]},
        {"sheets": [Sheet("E", "P", {"A": -1})]},
        {"sheets": [Sheet("E", "P", {"Z": 1})]},
        {"sheets": ONE * 2},
        {"applications": ["Q"]},
        {"applications": ["P", "P"]},
        {"criteria": [Criterion("A", 10, 10_000), Criterion("B", 5, 0)]},
        {"criteria": [Criterion("A", 10, 5000), Criterion("A", 5, 5000)]},
        {"criteria": [Criterion("A", 0, 10_000)]},
        {"rule": Rule(combine="mode")},
        {"rule": Rule(pass_on="bonus")},
        {"rule": Rule(trim_from=2)},
        {"rule": Rule(min_sheets=0)},
        {"rule": Rule(tie_break=("Z",))},
        {"rule": Rule(tie_break=("lottery",))},
        {"rule": Rule(pass_mark=59.9)},
        {"bonuses": {"P": Fraction(-1)}},
        {"bonuses": {"Q": Fraction(1)}},
        {"bonuses": {"P": 0.5}},
    ],
    ids=str,
)
def test_refused(wrong):
    with pytest.raises(InvalidScores):
        rank(**{"sheets": ONE, "criteria": CRITERIA, **wrong})
