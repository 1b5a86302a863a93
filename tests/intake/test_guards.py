"""The database refuses what the services refuse, also when somebody goes around them with SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.intake import services
from portal.intake.models import (
    Application,
    Assignment,
    CallVersion,
    Conflict,
    Decision,
    DecisionLine,
    EligibilityFinding,
    Member,
    Pledge,
    RankingRun,
    ResultNotice,
    Revision,
    ScoreItem,
    ScoreSheet,
    Track,
)
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, REVIEW

pytestmark = pytest.mark.django_db


def refused(statement: str, *values: object) -> str:
    """The database's message for a statement that must not pass."""
    with pytest.raises((DatabaseError, IntegrityError)) as caught:
        _commit_like(statement, values)
    return str(caught.value)


def _commit_like(statement, values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def played():
    trial = factory.open_round()
    good, other, weak = (trial.apply() for _ in range(3))
    decision = trial.play_to_final({str(good): 25, str(other): 24, str(weak): 10})
    return trial, decision, good, other, weak


def test_published_version_tracks_stages_and_criteria_stand_still():
    trial = factory.open_round()
    version = CallVersion.objects.get()
    assert "never changes" in refused("UPDATE intake_callversion SET reason = 'x' WHERE id = %s", version.pk)
    assert "never changes" in refused("DELETE FROM intake_callversion WHERE id = %s", version.pk)
    assert "published" in refused("UPDATE intake_track SET quota = 99")
    assert "published" in refused("UPDATE intake_criterion SET weight_bp = 1")
    assert "published" in refused("UPDATE intake_stage SET rule = '{}'")
    assert "published" in refused("DELETE FROM intake_track WHERE call_id = %s", trial.call.pk)


def test_submission_after_the_bell_is_refused_by_the_table():
    trial = factory.open_round()
    application = trial.apply()
    row = Revision.objects.get()
    again = {field.name: getattr(row, field.name) for field in Revision._meta.fields if field.name != "id"}
    with pytest.raises(DatabaseError, match="outside the time of entry"), transaction.atomic():
        Revision.objects.create(**{**again, "number": 2, "key": "late", "received_at": CLOSES})
    Revision.objects.create(**{**again, "number": 2, "key": "in", "received_at": CLOSES - timedelta(microseconds=1)})
    assert application.revisions.count() == 2


def test_what_was_sent_found_computed_and_told_never_changes(played):
    trial, decision, *_rest = played
    trial.tell(decision)
    for model, column in (
        (Revision, "sha256"),
        (EligibilityFinding, "value"),
        (RankingRun, "sha256"),
        (ResultNotice, "content"),
    ):
        table, pk = model._meta.db_table, model.objects.first().pk
        value = '"x"' if column == "content" else "x"
        assert "never changes" in refused(f"UPDATE {table} SET {column} = %s WHERE id = %s", value, pk)
        assert "never changes" in refused(f"DELETE FROM {table} WHERE id = %s", pk)
    assert "never changes" in refused("DELETE FROM intake_pledge WHERE id = %s", Pledge.objects.first().pk)
    line = DecisionLine.objects.filter(decision=decision).first()
    assert "decided decision" in refused("UPDATE intake_decisionline SET place = 9 WHERE id = %s", line.pk)


def test_locked_sheet_and_its_scores_are_frozen(played):
    sheet = ScoreSheet.objects.filter(status="LOCKED").first()
    item = sheet.items.first()
    assert "not open" in refused("UPDATE intake_scoreitem SET score = 1 WHERE id = %s", item.pk)
    assert "not open" in refused("DELETE FROM intake_scoreitem WHERE id = %s", item.pk)
    assert "never changes" in refused("UPDATE intake_scoresheet SET comment = 'x' WHERE id = %s", sheet.pk)
    assert "never changes" in refused("DELETE FROM intake_scoresheet WHERE id = %s", sheet.pk)


def test_score_above_the_maximum_is_refused():
    trial = factory.open_round()
    trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    sheet = factory.open_sheets(stage)[0]
    with pytest.raises(DatabaseError, match="above the maximum"), transaction.atomic():
        ScoreItem.objects.create(sheet=sheet, criterion=stage.criteria.first(), score=26)


def test_no_assignment_and_no_sheet_against_a_bar():
    trial = factory.open_round()
    one, two = trial.apply(), trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    judge = trial.evaluators[0]
    services.recuse(call=trial.call, organisation=one.organisation, reason="지분", by=judge.user, now=REVIEW)
    stage = trial.assign(1)

    member = Member.objects.get(panel__stage=stage, evaluator=judge)
    assert not Assignment.objects.filter(member=member, application=one).exists()
    with pytest.raises(DatabaseError, match="against a bar"), transaction.atomic():
        Assignment.objects.create(stage=stage, application=one, member=member)
    kept = Assignment.objects.get(member=member, application=two)
    Conflict.objects.create(
        call=trial.call,
        evaluator=judge,
        organisation=two.organisation,
        ground="EXCLUSION",
        reason="x",
        declared_at=REVIEW,
    )
    assert "against a bar" in refused(
        "UPDATE intake_scoresheet SET status = 'LOCKED', locked_at = now() WHERE assignment_id = %s", kept.pk
    )
    assert "against a bar" in refused("UPDATE intake_assignment SET status = 'CLEARED' WHERE id = %s", kept.pk)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Conflict.objects.all().delete()
    assert "no ledger leaf" in refused("SELECT 1")  # the conflict above went around the service: it would not commit
    transaction.set_rollback(True)


def test_nobody_is_selected_beyond_the_quota(played):
    trial, decision, good, other, _weak = played
    trial.tell(decision)
    domestic = Track.objects.get(call=trial.call, code="DOMESTIC")
    assert Application.objects.filter(quota_track=domestic, status="SELECTED").count() == 2
    third = Application.objects.exclude(pk__in=[good.pk, other.pk]).get(call=trial.call)
    assert "no place left" in refused(
        "UPDATE intake_application SET status = 'SELECTED', quota_track_id = %s WHERE id = %s", domestic.pk, third.pk
    )


def test_status_moves_only_with_its_leaf(played):
    trial, _decision, good, _other, _weak = played
    assert "no ledger leaf" in refused("UPDATE intake_application SET status = 'WITHDRAWN' WHERE id = %s", good.pk)
    assert "no ledger leaf" in refused("UPDATE intake_call SET status = 'CANCELLED' WHERE id = %s", trial.call.pk)
    assert "no ledger leaf" in refused(
        "UPDATE intake_decision SET status = 'DECIDED', decided_at = now(), decided_by_id = %s WHERE status = 'DRAFT'",
        trial.approver.pk,
    )


def test_two_people_for_two_person_steps(played):
    decision = played[1]
    assert "decision_two_people" in refused(
        "UPDATE intake_decision SET decided_by_id = prepared_by_id WHERE id = %s", decision.pk
    )
    assert "version_two_people" in refused(
        "INSERT INTO intake_callversion (call_id, number, title, summary, form, eligibility, policy, closes_at, reason, digest, written_by_id, published_by_id, published_at)"
        " SELECT call_id, 9, title, summary, form, eligibility, policy, closes_at, reason, digest, written_by_id, written_by_id, now() FROM intake_callversion"
    )


def test_evaluator_of_the_call_neither_runs_nor_decides_it(played):
    trial, decision, *_rest = played
    judge = trial.evaluators[0].user
    assert "evaluator" in refused("UPDATE intake_decision SET decided_by_id = %s WHERE id = %s", judge.pk, decision.pk)
    officer = services.add_evaluator(user=trial.officer, cluster=trial.call.cluster, by=trial.officer, now=REVIEW)
    with pytest.raises(DatabaseError, match="runs or decides"), transaction.atomic():
        Member.objects.create(panel=trial.stages[0].panel, evaluator=officer)


def test_refusal_without_reasons_and_selection_below_the_mark_are_refused(played):
    decision = played[1]
    draft = Decision.objects.get(pk=decision.pk)
    line = draft.lines.first()
    assert "line_refusal_has_reasons" in refused(
        "UPDATE intake_decisionline SET outcome = 'NOT_SELECTED', reasons = '[]' WHERE id = %s", line.pk
    )
    assert "line_taken_only_if_passed" in refused(
        "UPDATE intake_decisionline SET passed = false WHERE id = %s", line.pk
    )


def test_one_application_per_company_and_call():
    trial = factory.open_round()
    application = trial.draft()
    with pytest.raises(IntegrityError, match="one_application_per_entry"), transaction.atomic():
        Application.objects.create(call=trial.call, organisation=application.organisation, created_by=people.person())


def test_what_is_sent_has_its_number_when_the_transaction_ends(played):
    *_, good, _, _ = played
    assert "receipt number" in refused("UPDATE intake_application SET receipt_number = NULL WHERE id = %s", good.pk)
