"""The job that follows the clocks, run twice at the same second on real connections: one test, one leaf, one notice."""

from datetime import UTC, datetime

import pytest

from fund import services
from fund.models import DutyTest
from portal.notices.models import Notice
from tests.factories.fund import NOW, bound, formed
from tests.tenancy.test_races import at_once, counted

pytestmark = pytest.mark.usefixtures("committed_db")
OVER = datetime(2022, 3, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize("attempt", range(3))
def test_two_runs_close_a_clock_once(attempt):
    made = formed()
    duty = bound(made)
    outcomes = at_once(*(lambda: services.follow_duties(now=OVER) for _ in range(2)))
    assert counted(outcomes) == {"done": 2}
    duty.refresh_from_db()
    assert duty.status == "BREACHED"
    assert list(DutyTest.objects.values_list("kind", flat=True)) == ["FINAL"]
    assert Notice.objects.filter(topic="fund.duty_ended").count() == 3


def test_a_waiver_and_the_clock_at_once_leave_one_end():
    made = formed()
    duty = bound(made)
    at_once(
        lambda: services.follow_duties(now=OVER),
        lambda: services.waive_duty(duty=duty, by=made.approver, now=NOW, reason="사정"),
    )
    duty.refresh_from_db()
    assert duty.status in ("BREACHED", "WAIVED")
    assert duty.tests.filter(kind="FINAL").exists() == (duty.status == "BREACHED")
