from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.intake.scoring import Ranked
from portal.intake.selection import TieAtCutoff, choose


def row(key, place, total=70, passed=True):
    return Ranked(key, place, Fraction(total), Fraction(0), Fraction(total), 5, passed, None)


TRACKS = st.fixed_dictionaries({"D": st.lists(st.booleans(), max_size=9), "F": st.lists(st.booleans(), max_size=9)})


@given(TRACKS, st.integers(0, 6), st.integers(0, 6), st.booleans(), st.integers(0, 3))
def test_nobody_lost_nobody_twice_nobody_unpassed(passes, quota_d, quota_f, spilling, reserve):
    ranked = {
        track: [row(f"{track}{n}", n + 1, 100 - n, passed) for n, passed in enumerate(flags)]
        for track, flags in passes.items()
    }
    quotas = {"D": quota_d, "F": quota_f}
    chosen = choose(ranked, quotas, {"D": ["F"], "F": ["D"]} if spilling else {}, dict.fromkeys(quotas, reserve))
    reserved = [key for keys in chosen.reserved.values() for key in keys]
    keys = [key for key, _, _ in chosen.selected] + reserved + chosen.refused
    assert sorted(keys) == sorted(row.application for rows in ranked.values() for row in rows)
    passed = {row.application for rows in ranked.values() for row in rows if row.passed}
    assert all(len(chosen.reserved[key[0]]) == reserve for key in passed & set(chosen.refused))
    assert {key for key, _, _ in chosen.selected} <= passed
    for track, quota in quotas.items():
        used = sum(place == track for _, _, place in chosen.selected)
        assert used <= quota
        if spilling and used < quota:
            assert passed <= {key for key, _, _ in chosen.selected}


def test_spill_goes_by_place_and_remembers_whose_place_it_is():
    ranked = {"D": [row("d1", 1, 90), row("d2", 2, 80), row("d3", 3, 75)], "F": []}
    chosen = choose(ranked, {"D": 1, "F": 1}, {"F": ["D"]}, {"D": 5})
    assert chosen.selected == [("d1", "D", "D"), ("d2", "D", "F")]
    assert chosen.reserved == {"D": ["d3"], "F": []}
    assert chosen.cutoffs == {"D": 80, "F": None}


def test_a_shared_place_inside_is_no_matter():
    ranked = {"D": [row("a", 1), row("b", 1), row("c", 3, 60)]}
    assert [key for key, _, _ in choose(ranked, {"D": 2}, {}, {}).selected] == ["a", "b"]


def test_a_shared_place_across_the_reserve_is_refused():
    ranked = {"D": [row("a", 1), row("b", 2, 60), row("c", 2, 60)]}
    with pytest.raises(TieAtCutoff):
        choose(ranked, {"D": 1}, {}, {"D": 1})
    assert choose(ranked, {"D": 1}, {}, {}).refused == ["b", "c"]


def test_sharing_a_place_with_one_who_did_not_pass_is_no_tie():
    ranked = {"D": [row("a", 1), row("b", 1, passed=False)]}
    assert choose(ranked, {"D": 1}, {}, {}).refused == ["b"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"quotas": {}},
        {"quotas": {"D": -1}},
        {"spill": {"D": ["X"]}},
        {"reserves": {"X": 1}},
        {"ranked": {"D": [row("a", 1), row("a", 2)]}},
        {"ranked": {"D": [row("a", None)]}},
    ],
)
def test_refused(wrong):
    with pytest.raises(ValueError):
        choose(**{"ranked": {"D": [row("a", 1)]}, "quotas": {"D": 1}, "spill": {}, "reserves": {}, **wrong})
