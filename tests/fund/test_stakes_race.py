"""Two stakes that would close a circle together, at the same second, on real connections with real commits."""

import pytest

from fund import services
from fund.models import Commitment, Partner, SubFund
from tests.factories.fund import NOW, gathering, house
from tests.tenancy.test_races import at_once, counted

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def pair():
    made = house()
    return made, gathering(made, code="race-a"), gathering(made, code="race-b")


def read(sub_fund):
    return SubFund.objects.select_related("programme__cluster", "manager").get(pk=sub_fund.pk)


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_services_that_close_a_circle_one_is_told_why(pair, attempt):
    made, one, two = pair

    def recording(holder, held):
        return lambda: services.record_stake(
            holder=read(holder), held=read(held), units=1, by=made.manager, now=NOW
        )  # fmt: skip

    assert counted(at_once(recording(one, two), recording(two, one))) == {"done": 1, "refused": 1}
    assert Commitment.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_round_the_service_the_database_lets_one_edge_in(pair, attempt):
    made, one, two = pair
    partners = {
        fund.pk: Partner.objects.create(
            programme=made.programme, role="SUB_FUND", sub_fund=fund, name_ko="가", name_en="a"
        )
        for fund in (one, two)
    }

    def inserting(holder, held):
        return lambda: Commitment.objects.create(
            sub_fund=held, partner=partners[holder.pk], units=1, amount=1, proposed_by=made.manager
        )

    outcomes = at_once(inserting(one, two), inserting(two, one))
    assert sorted(kind for kind, _answer in outcomes) == ["broken", "done"]
    assert "would hold itself" in str(outcomes)
    assert Commitment.objects.count() == 1
