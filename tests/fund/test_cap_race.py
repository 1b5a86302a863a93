"""Two closes at the same second, on real connections with real commits: one cap over won and dollars."""

import pytest

from fund import services
from fund.models import SubFund
from tests.factories.fund import FORMED, NOW, formed, gathering
from tests.fund.test_cap_currencies import DOLLARS, counts, quoted
from tests.tenancy.test_races import at_once, counted

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.mark.parametrize("attempt", range(3))
def test_dollars_and_won_that_close_at_the_same_second_share_one_cap(attempt):
    """Each close of the City's fits beside what stands; both together do not."""
    made = formed({"city": 100, "fof": 900})
    gathering(made, code="won-late")
    made.commit("city", 40)
    wons = made.sub_fund
    gathering(made, **DOLLARS)
    made.commit("city", 40_000)
    dollars = made.sub_fund

    def closing(sub_fund, **given):
        mine = SubFund.objects.select_related("programme__cluster").get(pk=sub_fund.pk)
        return lambda: services.hold_close(sub_fund=mine, on=FORMED, by=made.approver, now=NOW, **given)

    outcomes = at_once(closing(wons), closing(dollars, **quoted("1000")))
    assert counted(outcomes) == {"done": 1, "refused": 1}
    city, total = counts()
    assert city * 10_000 <= 1400 * total
