"""기피 named in the form: whoever is named sits out until the approver decides; no panel reads it, no company is told who sits."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.core.errors import Invalid
from portal.intake import avoided, blocks, services
from portal.intake.avoided import Known
from portal.intake.models import Assignment, Challenge, ScoreSheet
from portal.intake.views.review import answers_for_panel
from tests.factories import intake as factory
from tests.factories.intake import FORM, OPENS, REVIEW

ROWS = [{"person": "박 심사", "reason": "소송 상대"}, {"body": "새길연구원", "reason": "경쟁 기관"}]


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (Known("박심사", "한빛대학교"), "소송 상대"),
        (Known("박심사관", "한빛대학교"), None),
        (Known("이평가", "(주)새길연구원"), "경쟁 기관"),
        (Known("이평가", "", ["123-45-67890"]), None),
        (Known("", ""), None),
    ],
)
def test_a_person_is_meant_by_name_and_a_body_by_its_own(who, reason):
    assert avoided.named(ROWS, who) == reason


def test_a_body_is_also_meant_by_its_business_number():
    rows = [{"body": "123-45-67890", "reason": "거래"}]
    assert avoided.named(rows, Known("가", "나", ["1234567890"])) == "거래"
    assert avoided.named("not rows", Known("가", "나")) is None


def test_each_row_names_somebody_and_says_why():
    form = blocks.parse_form(_form())
    block = form.block("avoid")
    field = form.kind(block).field(block)
    assert field.clean(ROWS) == ROWS
    for wrong in ([{"reason": "까닭"}], [{"person": "박심사"}], [{"person": "박", "reason": "x"}] * 11):
        with pytest.raises(ValidationError):
            field.clean(wrong)
    assert "avoid" not in {one.code for one in form.for_panels()}


def _form():
    form = deepcopy(FORM)
    form["sections"][0]["blocks"].append({"code": "avoid", "kind": "avoided", "label": {"ko": "기피", "en": "Avoid"}})
    return form


@pytest.fixture
def named(db):
    """Two judges; the first company names one of them, the second nobody."""
    trial = factory.open_round(form=_form(), policy={"announce_panel": False})
    ours, theirs = trial.draft(), trial.draft()
    services.save_draft(
        application=ours, section="company", answers={"people": 4, "avoid": ROWS}, version=1, by=trial.masters[0],
        now=OPENS,
    )  # fmt: skip
    for one, master in zip((ours, theirs), trial.masters, strict=True):
        services.submit(application=one, key="k", by=master, now=OPENS)
    trial.close()
    trial.check_eligibility()
    people = [factory.people.person(name=name) for name in ("박심사", "최평가")]
    trial.evaluators = [factory.evaluator(trial.call, by=trial.officer, user=user) for user in people]
    for stage in trial.stages:
        services.form_panel(stage=stage, evaluators=trial.evaluators, by=trial.officer, now=REVIEW)
    for judge in trial.evaluators:
        services.sign_pledge(call=trial.call, by=judge.user, now=REVIEW)
    ours.refresh_from_db()
    return trial, ours, theirs


def test_who_is_named_sits_out_at_once_and_nobody_else(named):
    trial, ours, theirs = named
    challenge = Challenge.objects.select_related("application__call__cluster", "application__organisation").get()
    assert (challenge.application_id, challenge.evaluator, challenge.filed_by) == (
        ours.pk, trial.evaluators[0], trial.masters[0],
    )  # fmt: skip
    assert "소송 상대" in challenge.grounds
    trial.assign(1)
    pairs = set(Assignment.objects.values_list("application", "member__evaluator"))
    first, second = (judge.pk for judge in trial.evaluators)
    assert pairs == {(ours.pk, second), (theirs.pk, first), (theirs.pk, second)}
    member = trial.stages[0].panel.members.get(evaluator=first)
    with pytest.raises(Invalid, match="기피신청을 심의"):
        services.assign_by_hand(stage=trial.stages[0], application=ours, member=member, by=trial.officer, now=REVIEW)

    services.decide_challenge(challenge=challenge, upheld=False, reasons="다른 사람", by=trial.approver, now=REVIEW)
    services.propose_assignments(stage=trial.stages[0], by=trial.officer, now=REVIEW)
    # Decided once, it is not filed again; the evaluator may read the file.
    assert Challenge.objects.count() == 1
    assert Assignment.objects.filter(application=ours, member__evaluator=first, status="PROPOSED").exists()


def test_an_employer_that_becomes_known_suspends_what_was_given(named):
    trial, ours, _theirs = named
    trial.assign(1)
    judge = trial.evaluators[1]
    services.add_evaluator(
        user=judge.user, cluster=trial.call.cluster, by=trial.officer, now=REVIEW, employer="새길연구원"
    )
    assert Assignment.objects.get(application=ours, member__evaluator=judge).status == "SUSPENDED"


def test_no_panel_reads_whom_a_company_avoids_and_the_company_not_who_sits(named, at):
    trial, ours, _theirs = named
    trial.assign(1)
    rows = ScoreSheet.objects.select_related(
        "assignment__stage__call", "assignment__application__call__current", "assignment__application__organisation"
    )
    read = answers_for_panel(rows.get(assignment__application=ours))
    assert "기피" not in [row.label for _page, lines in read for row in lines]
    sheet = reverse("intake:sheet", args=[rows.get(assignment__application=ours).public_id])
    assert "소송 상대" not in at(trial.evaluators[1].user).get(sheet).text
    company = at(trial.masters[0])
    for page in ("application", "challenge-evaluator"):
        text = company.get(reverse(f"intake:{page}", args=[ours.public_id])).text
        assert ("신청서에 적은 사람·기관" in text, "박심사" in text) == (True, False)
    assert "소송 상대" in at(trial.officer).get(reverse("intake:desk-application", args=[ours.public_id])).text
    assert "박심사" in at(trial.approver).get(reverse("intake:challenges", args=[trial.call.code])).text
