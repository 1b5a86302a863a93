"""Two who confirm at the same second, on real connections with real commits: one report is applied."""

import pytest

from fund import services
from fund.models import Settlement, Upload, Valuation
from tests.fund.filing import LATER, filled, hand_in, reported
from tests.tenancy.test_races import at_once, counted

pytestmark = pytest.mark.usefixtures("committed_db")


def confirming(made, row):
    mine = Upload.objects.select_related("sub_fund__programme", "sub_fund__manager").get(pk=row.pk)
    return lambda: services.apply_upload(upload=mine, digest_seen=mine.digest, by=made.reporter, now=LATER)


@pytest.mark.parametrize("attempt", range(3))
def test_two_confirm_the_same_file(attempt):
    made = reported()
    voucher = {"E_A2": "V-1", "E_B2": "INCOME", "E_C2": LATER.replace(month=5, tzinfo=None), "E_D2": 1_000}
    row = hand_in(made, filled(made, **voucher))
    outcomes = at_once(*(confirming(made, row) for _ in range(2)))
    assert counted(outcomes) == {"done": 1, "refused": 1}
    assert (Valuation.objects.count(), Settlement.objects.count()) == (2, 1)


def test_one_confirms_while_another_hands_in_a_new_file():
    made = reported()
    row = hand_in(made, filled(made))
    other = filled(made, H_F2=1)
    outcomes = at_once(confirming(made, row), lambda: hand_in(made, other))
    assert "broken" not in counted(outcomes)
    assert Upload.objects.filter(status="APPLIED").count() + Upload.objects.filter(status="CHECKED").count() == 1
    assert Valuation.objects.count() in (0, 2)
