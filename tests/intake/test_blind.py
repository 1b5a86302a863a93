import pytest

from portal.intake.blind import Hit, PlainBlock, PlainStage, alias, hits, visible

BLOCKS = [
    PlainBlock("company", hidden_when_blind=True),
    PlainBlock("plan"),
    PlainBlock("team"),
    PlainBlock("pitch", from_stage=2),
]


def codes(role, stage):
    return [block.code for block in visible(BLOCKS, role, stage)]


def test_judges_see_no_names_while_the_stage_is_blind():
    assert codes("evaluator", PlainStage(1, blind=True)) == ["plan", "team"]
    assert codes("intake.chair", PlainStage(2, blind=True, hidden_blocks=("team",))) == ["plan", "pitch"]


def test_judges_see_all_that_is_asked_when_it_is_not():
    assert codes("evaluator", PlainStage(2)) == ["company", "plan", "team", "pitch"]


@pytest.mark.parametrize("role", ["applicant", "space.officer", "space.approver", "auditor"])
def test_others_are_not_blinded(role):
    assert codes(role, PlainStage(1, blind=True)) == ["company", "plan", "team"]


@pytest.mark.parametrize("role", ["", "stranger", "evaluator.friend"])
def test_an_unknown_role_sees_nothing(role):
    assert codes(role, PlainStage(1)) == []


def test_aliases_count_like_letters():
    assert [alias(n) for n in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_names_are_found_however_they_are_written():
    answers = [("plan", "우리 (주)한강 체인은…"), ("team", "번호 １２３-45-67891"), ("pitch", "아무 이름 없음")]
    assert hits(answers, ["주식회사 한강체인", "1234567891", "김"]) == [
        Hit("plan", "주식회사 한강체인"),
        Hit("team", "1234567891"),
    ]
