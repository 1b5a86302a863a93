"""Who completed: every reason, in the order of the policy."""

import pytest

from college.attendance import Tally
from college.completion import Assessment, CompletionPolicy, Judgement, judge

POLICY = CompletionPolicy("t/1", 80, (Assessment("b", 6000), Assessment("a", 6000), Assessment("quiz", 5000, False)))
THERE = Tally(20, 16, 0, 0, 0)
AWAY = Tally(20, 15, 0, 0, 0)


def test_reasons_come_in_the_order_of_the_policy():
    judged = judge(AWAY, {"a": None, "b": 5999}, POLICY, open_case=True)
    assert judged == Judgement(False, ("attendance", "assessment:b", "assessment:a", "open_case"))


def test_an_optional_assessment_is_never_a_condition():
    assert judge(THERE, {"a": 6000, "b": 6000, "quiz": 0}, POLICY) == Judgement(True, ())


def test_a_score_of_zero_passes_a_mark_of_zero_but_a_missing_one_does_not():
    policy = CompletionPolicy("t/2", assessments=(Assessment("a", 0),))
    assert judge(THERE, {"a": 0}, policy).completed is True
    assert judge(THERE, {}, policy).reasons == ("assessment:a",)


def test_nothing_scheduled_is_nothing_completed():
    assert judge(Tally(0, 0, 0, 0, 0), {}, CompletionPolicy("t/3", 0)).reasons == ("attendance",)


@pytest.mark.parametrize("score", [60.0, True, "6000"])
def test_a_score_is_a_whole_number(score):
    with pytest.raises(TypeError):
        judge(THERE, {"a": score, "b": 6000}, POLICY)
