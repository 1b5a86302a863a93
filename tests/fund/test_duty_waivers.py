"""A duty let go for a time: asked by one, voted on by the committee; the clock, the pages and the nightly job follow."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from fund import queries, services
from fund.models import DutyWaiver, Motion
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed
from tests.factories.fund import INVESTED, bound, investing, voters
from tests.factories.people import leaves
from tests.fund.test_duty_clocks import NEAR, OVER, states
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db
START, UNTIL = date(2021, 6, 1), date(2022, 6, 1)


def asked(made, duty, start=START, until=UNTIL, reason="시장이 얼어 투자를 미룹니다"):
    return services.table_waiver(
        duty=duty, start=start, until=until, reason=reason, by=made.manager, now=INVESTED
    )  # fmt: skip


def granted(made, duty, votes="FFFF", **fields):
    waiver = asked(made, duty, **fields)
    voters(made, waiver.motion, votes)
    services.settle_waiver(waiver=waiver, by=made.approver, now=INVESTED)
    waiver.refresh_from_db()
    return waiver


def standing(duty, on):
    found = queries.duties.measured(queries.duties.duty_of(duty.public_id), on=on, known=database_now())
    return found.standing, found.end


def test_while_it_lasts_nothing_is_owed_and_the_clock_ends_no_earlier():
    made = investing()
    duty = bound(made)
    waiver = granted(made, duty)
    assert waiver.status == "GRANTED"
    leaf = leaves(waiver)[-1]
    assert (leaf["type"], leaf["data"]["start"], leaf["data"]["until"]) == (
        "fund.waiver.granted/1", "2021-06-01", "2022-06-01",
    )  # fmt: skip
    days = (START - timedelta(days=1), START, UNTIL - timedelta(days=1), UNTIL)
    assert [standing(duty, on) for on in days] == [
        ("at_risk", UNTIL), ("waived", UNTIL), ("waived", UNTIL), ("breached", UNTIL),
    ]  # fmt: skip
    before = queries.duties.measured(duty, on=START, known=INVESTED - timedelta(days=1))
    assert (before.standing, before.end) == ("at_risk", date(2022, 3, 4))


def test_the_job_neither_warns_nor_closes_while_it_lasts_and_closes_when_it_is_over():
    made = investing()
    duty = bound(made)
    granted(made, duty)
    assert services.follow_duties(now=NEAR) == 0
    assert services.follow_duties(now=OVER) == 0
    assert services.follow_duties(now=datetime(2022, 6, 1, 1, tzinfo=UTC)) == 1
    assert states(duty)[0] == "BREACHED"
    assert duty.tests.get(kind="FINAL").on_date == UNTIL - timedelta(days=1)


def test_a_waiver_inside_the_clock_leaves_its_end():
    made = investing()
    duty = bound(made)
    granted(made, duty, until=date(2021, 9, 1))
    assert standing(duty, date(2021, 9, 1)) == ("at_risk", date(2022, 3, 4))


def test_what_the_committee_refuses_changes_nothing_and_may_be_asked_again():
    made = investing()
    duty = bound(made)
    refused = granted(made, duty, "AAAF")
    assert refused.status == "REFUSED"
    assert standing(duty, START) == ("at_risk", date(2022, 3, 4))
    assert granted(made, duty).status == "GRANTED"
    with pytest.raises(Invalid, match="겹치는"):
        asked(made, duty, start=UNTIL - timedelta(days=1), until=UNTIL + timedelta(days=9))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"until": START}, "until"),
        ({"start": date(2018, 1, 1), "until": date(2018, 2, 1)}, "until"),
        ({"start": date(2022, 3, 4), "until": date(2022, 4, 4)}, "start"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(fields, field):
    made = investing()
    duty = bound(made)
    with pytest.raises(Invalid) as told:
        asked(made, duty, **fields)
    assert told.value.field == field


def test_who_asks_does_not_settle():
    made = investing()
    waiver = asked(made, bound(made))
    voters(made, waiver.motion, "FFFF")
    with pytest.raises(NotAllowed):
        services.settle_waiver(waiver=waiver, by=made.manager, now=INVESTED)


def test_round_the_service_a_waiver_follows_its_motion_and_stays():
    made = investing()
    duty, other = bound(made), bound(made)
    waiver = asked(made, duty)
    for wrong in (
        {"status": "GRANTED", "granted_at": INVESTED},
        {"status": "REFUSED"},
        {"reason": "다른 이유"},
        {"duty": other},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            DutyWaiver.objects.filter(pk=waiver.pk).update(**wrong)
    with pytest.raises(DatabaseError), transaction.atomic():
        DutyWaiver.objects.filter(pk=waiver.pk).delete()
    motion = Motion.objects.get(pk=waiver.motion_id)
    motion.pk, motion.public_id, motion.number, motion.kind = None, "0" * 32, 99, "VALUATION"
    motion._state.adding = True
    motion.save()
    same = {"duty": other, "reason": "이유", "proposed_by": made.manager, "period": waiver.period}
    with pytest.raises(DatabaseError, match="not what its motion says"), transaction.atomic():
        DutyWaiver.objects.create(motion=motion, **same)
    services.waive_duty(duty=other, by=made.approver, now=INVESTED, reason="이유")
    with pytest.raises(DatabaseError, match="is settled"), transaction.atomic():
        DutyWaiver.objects.create(motion=motion, **same)


def test_the_pages_take_it_to_the_committee_and_show_it():
    made = investing()
    duty = bound(made)
    address = reverse("fund:duty", args=[duty.public_id])
    soon = (database_now() + timedelta(days=3)).date()
    wrong = browser_of(made.manager).post(
        f"{address}?act=table", {"table-start": soon, "table-until": soon, "table-reason": "시장이 얼었습니다"}
    )
    assert wrong.status_code == 422
    assert "시장이 얼었습니다" in wrong.content.decode()
    fine = {"table-start": START, "table-until": soon, "table-reason": "시장이 얼었습니다"}
    assert browser_of(made.approver).post(f"{address}?act=table", fine).status_code == 403
    browser_of(made.manager).post(f"{address}?act=table", fine)
    waiver = duty.waivers.get()
    voters(made, waiver.motion, "FFFF")
    step = reverse("fund:motion_step", args=[waiver.motion.public_id, "decide"])
    assert "투자의무 보기" in browser_of(made.approver).post(step, follow=True).content.decode()
    shown = browser_of(made.manager).get(address, {"on": "2021-07-01"}).content.decode()
    assert "시장이 얼었습니다" in shown
    assert "한시 면제로 바뀐 기한" in shown
