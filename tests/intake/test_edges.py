"""Edge cases of the design (04 §17) that no other test tells of, and invariants (§16) around the service. See docs/intake.md."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger.models import Record
from portal.accounts.enums import MemberKind
from portal.accounts.models import Membership, User
from portal.core.errors import Invalid, NotAllowed
from portal.intake import queries, services
from portal.intake.errors import Objections
from portal.intake.models import EligibilityFinding, Member, ReserveEntry, ScoreSheet
from portal.intake.scoring import Criterion, Rule, Sheet, rank
from portal.plan import registry as plan
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, OPENS, REVIEW, TRIAL

pytestmark = pytest.mark.django_db
CODES = ("기술성", "시장성")


def single(**changes):
    return factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[(code, 5000) for code in CODES], **changes)


def reviewing(count, *, size=2, **definition):
    trial = factory.open_round(stages=[single(per_file=size)], **definition)
    files = [trial.apply() for _ in range(count)]
    trial.close()
    trial.check_eligibility()
    trial.seat(size=size)
    return trial, files, trial.assign(1)


def lock(sheet, scores, reasons=None, now=REVIEW):
    judge = sheet.assignment.member.evaluator.user
    services.fill_sheet(sheet=sheet, scores=scores, reasons=reasons or {}, by=judge, now=now)
    services.lock_sheet(sheet=sheet, by=judge, now=now)


def final(trial, stage):
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    return services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW)


def test_the_master_account_changes_the_night_before_the_bell():
    trial = factory.open_round()
    application, before, after = trial.draft(), trial.masters[-1], people.person("새대표")
    Membership.objects.filter(user=before).update(ended_at=OPENS)
    Membership.objects.create(organisation=application.organisation, user=after, kind=MemberKind.MASTER, since_at=OPENS)
    last = CLOSES - timedelta(microseconds=1)
    with pytest.raises(NotAllowed):
        services.submit(application=application, key="k", by=before, now=last)
    assert services.submit(application=application, key="k", by=after, now=last).sent_by == after


def test_a_challenge_by_b_decided_after_the_day_leaves_the_sheet_null_and_a_untouched():
    trial, (a, b), stage = reviewing(2)
    b.refresh_from_db()
    judge = trial.evaluators[0]
    challenge = services.file_challenge(application=b, evaluator=judge, grounds="동업", by=trial.masters[1], now=REVIEW)
    for sheet in factory.open_sheets(stage):
        if sheet.assignment.application != b or sheet.assignment.member.evaluator != judge:
            lock(sheet, dict.fromkeys(CODES, 20))
    run = services.settle_stage(stage=stage, by=trial.officer, now=challenge.decide_by + timedelta(days=1))
    rows = {row["application"]: row for rows in run.result["groups"].values() for row in rows}
    assert (rows[str(a)]["sheets"], rows[str(b)]["sheets"]) == (2, 1)
    with pytest.raises(NotAllowed):
        services.decide_challenge(challenge=challenge, upheld=False, reasons="x", by=judge.user, now=REVIEW)
    late = challenge.decide_by + timedelta(days=2)
    services.decide_challenge(challenge=challenge, upheld=True, reasons="동업이 맞습니다", by=trial.approver, now=late)
    assert queries.bars(trial.call) == {(judge.pk, b.pk)}
    assert ScoreSheet.objects.get(assignment__application=b, assignment__member__evaluator=judge).status == "STRUCK"


def test_one_evaluator_misses_three_of_forty_and_nobody_pays_for_it():
    """Three files heard without one member count by the others' sheets; the means are theirs exactly."""
    criteria = [Criterion("c", 100, 10_000)]
    points = {f"F{n:02}": 60 + n % 7 for n in range(40)}
    missed = {"F03", "F17", "F39"}
    sheets = [Sheet(who, file, {"c": given}) for file, given in points.items() for who in "ABC" if not (who == "A" and file in missed)]  # fmt: skip
    found = {row.application: row for row in rank(sheets, criteria, Rule(min_sheets=2))}
    assert {file: row.base for file, row in found.items()} == {file: Fraction(given) for file, given in points.items()}
    assert {file for file, row in found.items() if row.sheets == 2} == missed


def test_all_abstain_on_one_item_and_it_counts_for_nobody():
    trial, (application,), stage = reviewing(1)
    for sheet in factory.open_sheets(stage):
        lock(sheet, {"기술성": 20, "시장성": None}, {"시장성": "자료가 없습니다"})
    decision = final(trial, stage)
    assert decision.lines.get().total == "80"
    trial.tell(decision)
    [stage_told] = application.notices.last().content["stages"]
    assert [item["mean"] for item in stage_told["criteria"]] == ["20", None]


def test_place_twelve_of_twenty_three_with_59_99_is_refused_though_places_are_free():
    criteria = [Criterion("c", 10_000, 10_000)]
    marks = [9000 - n for n in range(11)] + [5999] + [5000 - n for n in range(11)]
    sheets = [Sheet("A", f"F{n:02}", {"c": given}) for n, given in enumerate(marks)]
    row = rank(sheets, criteria, Rule(pass_mark=Fraction(60)))[11]
    assert (row.place, row.total, row.passed) == (12, Fraction(5999, 100), False)


def test_a_place_lent_to_the_other_track_comes_back_after_a_withdrawal():
    """FOREIGN lacks applicants, its place goes to DOMESTIC; when that company leaves, FOREIGN's own reserve is first."""
    tracks = [
        {"code": "DOMESTIC", "name": {"ko": "국내"}, "quota": 1, "reserve": 2, "spill": ["FOREIGN"]},
        {"code": "FOREIGN", "name": {"ko": "국외"}, "quota": 1, "reserve": 1, "spill": ["DOMESTIC"]},
    ]
    trial = factory.open_round(stages=[single()], tracks=tracks)
    files = [trial.apply() for _ in range(3)]
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    trial.score(stage, {str(file): 25 - n for n, file in enumerate(files)})
    trial.tell(final(trial, stage))
    for file in files:
        file.refresh_from_db()
    lent = files[1]
    assert (lent.status, lent.track.code, lent.quota_track.code) == ("SELECTED", "DOMESTIC", "FOREIGN")
    services.withdraw(application=lent, reason="사정", by=trial.masters[1], now=REVIEW)
    files[2].refresh_from_db()
    assert (files[2].status, files[2].quota_track.code) == ("SELECTED", "FOREIGN")


@pytest.fixture
def registered(monkeypatch):
    """What the tax office would say of each company, by number; 01 until told otherwise."""
    states = {}
    monkeypatch.setitem(plan._facts, "business_status", lambda organisation, on: states.get(organisation.business_number, "01"))  # fmt: skip
    return states


def test_a_company_closed_between_decision_and_publication_stops_it(registered):
    rules = [{"rule": "business_status", "parameters": {}}]
    trial, (application,), stage = reviewing(1, eligibility=rules)
    for sheet in factory.open_sheets(stage):
        lock(sheet, dict.fromkeys(CODES, 20))
    decision = final(trial, stage)
    services.decide(decision=decision, by=trial.approver, now=REVIEW)
    registered[application.organisation.business_number] = "03"
    with pytest.raises(Objections), transaction.atomic():
        services.publish(decision=decision, by=trial.approver, now=REVIEW)
    decision.refresh_from_db()
    assert (decision.status, TRIAL.calls) == ("DECIDED", [])
    registered.clear()
    trial.call.refresh_from_db()
    decision.call = trial.call
    services.publish(decision=decision, by=trial.approver, now=REVIEW)


def test_two_applications_under_one_representative_or_name_are_looked_at_by_a_person():
    rules = [{"rule": "single_entry", "parameters": {}}]
    trial = factory.open_round(eligibility=rules)
    one = trial.apply(name="가온")
    two = trial.apply(name="가온")
    services.close_call(call=trial.call, by=trial.officer, now=CLOSES)
    services.record_findings(call=trial.call, by=trial.officer, now=REVIEW)
    found = dict(EligibilityFinding.objects.values_list("application", "outcome"))
    assert found == {one.pk: "MANUAL", two.pk: "MANUAL"}
    assert EligibilityFinding.objects.get(application=one).value == two.receipt_number
    with pytest.raises(Invalid):
        services.prepare_eligibility(call=trial.call, by=trial.officer, now=REVIEW)


# --- Invariants around the service ------------------------------------------------------------------------------------


def refused(statement, *values):
    with pytest.raises((DatabaseError, IntegrityError)) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(caught.value)


def test_one_sheet_per_evaluator_file_stage_and_attempt():
    _trial, _files, stage = reviewing(1)
    sheet = factory.open_sheets(stage)[0]
    again = "INSERT INTO intake_scoresheet (public_id, assignment_id, attempt, status, comment, version, reopening_reason) VALUES (gen_random_uuid(), %s, %s, 'OPEN', '', 0, '')"  # fmt: skip
    assert "sheet_once_per_attempt" in refused(again, sheet.assignment_id, 1)
    assert "one_live_sheet" in refused(again, sheet.assignment_id, 2)
    twice = "INSERT INTO intake_assignment (public_id, stage_id, application_id, member_id, status, alias) SELECT gen_random_uuid(), stage_id, application_id, member_id, 'PROPOSED', '' FROM intake_assignment WHERE id = %s"  # fmt: skip
    assert "assignment_once" in refused(twice, sheet.assignment_id)


def test_the_reserve_is_called_in_its_order_or_with_a_reason():
    tracks = [{"code": "DOMESTIC", "name": {"ko": "국내"}, "quota": 1, "reserve": 2, "spill": []}]
    trial = factory.open_round(stages=[single()], tracks=tracks)
    files = [trial.apply() for _ in range(3)]
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    trial.score(stage, {str(file): 25 - n for n, file in enumerate(files)})
    trial.tell(final(trial, stage))
    first, second = ReserveEntry.objects.filter(status="WAITING").order_by("order")
    call = "UPDATE intake_reserveentry SET status = 'CALLED' WHERE id = %s"
    assert "out of its order" in refused(call, second.pk)
    # Who was passed over has read why: then the next may be called. Only the missing leaf stands against it now.
    ReserveEntry.objects.filter(pk=first.pk).update(skips=[{"at": "x", "ko": "맞지 않음"}])
    assert "no ledger leaf" in refused(f"{call}; SET CONSTRAINTS ALL IMMEDIATE", second.pk)


def test_every_refusal_after_review_has_reasons_rank_and_cut_off():
    trial, files, stage = reviewing(3)
    for sheet in factory.open_sheets(stage):
        lock(sheet, dict.fromkeys(CODES, 25 if sheet.assignment.application == files[0] else 10))
    decision = final(trial, stage)
    trial.tell(decision)
    for line in decision.lines.filter(outcome="NOT_SELECTED"):
        told = line.application.notices.order_by("-pk").first().content
        assert told["reasons"]
        assert (told["place"], told["of"], told["cutoff"]) == (line.place, 3, "100")
    line = decision.lines.filter(outcome="NOT_SELECTED").first()
    assert "decided decision" in refused("UPDATE intake_decisionline SET reasons = '[]' WHERE id = %s", line.pk)


def test_deleting_a_person_deletes_no_leaf():
    trial, _files, _stage = reviewing(1)
    leaves = Record.objects.count()
    judge = Member.objects.first().evaluator.user
    for user in (trial.masters[0], trial.officer, judge):
        table = User._meta.db_table
        assert "foreign key" in refused(f"DELETE FROM {table} WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE", user.pk)
    assert Record.objects.count() == leaves
    assert "ledger" in refused("DELETE FROM ledger_record")
