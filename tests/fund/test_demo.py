"""The invented programme of the demonstration: made by the services, whole, and only once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from fund import queries
from fund.enums import Account, CallStatus, DealStatus, HoldingStatus
from fund.models import CapitalCall, Deal, Holding, Programme, SubFund
from tests.factories import people
from tests.fund.test_constraints import commit

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_something_at_every_step_and_its_books_hold(settings):
    settings.DEMO = True
    people.cluster("seoul")
    for _again in range(2):
        said = StringIO()
        call_command("load_demo_fund", stdout=said)
        assert "2 sub-funds" in said.getvalue()
    commit(lambda: None)
    programme = Programme.objects.get()
    assert (programme.city_committed, programme.total_committed) == (4_080_000_000, 30_000_000_000)
    assert {DealStatus.SOURCED, DealStatus.DILIGENCE, DealStatus.COMMITTEE, DealStatus.FUNDED} == set(
        Deal.objects.values_list("status", flat=True)
    )
    assert {HoldingStatus.HELD, HoldingStatus.IMPAIRED, HoldingStatus.PART_EXITED} == set(
        Holding.objects.values_list("status", flat=True)
    )
    assert set(CapitalCall.objects.values_list("status", flat=True)) == {CallStatus.FUNDED, CallStatus.DRAFT}
    first = SubFund.objects.get(code="madang-1")
    found = queries.books.balances(queries.books.book_of(first), on=programme.sub_funds.last().formed_date)
    assert found[Account.INVESTMENTS] == 3_200_000_000
    assert found[Account.CASH] == 800_000_000 - 400_000_000


def test_an_installation_has_no_invented_fund(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo_fund")
