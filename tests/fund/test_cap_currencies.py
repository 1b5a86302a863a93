"""The City's cap over sub-funds of several currencies: dollars count in won at the rate of their close, for good."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from fund import capital, queries, services
from fund.enums import BreachStatus, ValuationStatus
from fund.models import CapBreach, Close, Commitment, Programme, SubFund
from portal.core.errors import Invalid, Refused
from tests.factories.fund import FORMED, INVESTED, NOW, formed, gathering, house, invested, investing, submitted

pytestmark = pytest.mark.django_db
DOLLARS = {"currency": "USD", "unit_price": 100, "code": "usd", "name_ko": "달러 조합", "name_en": "Dollars"}


def quoted(rate, source="서울외국환중개 매매기준율"):
    return {"rate": Decimal(rate), "rate_source": source}


def beside(made, rate="1100.25", **units):
    """A sub-fund of units of one dollar beside the first one, whose commitments are signed."""
    gathering(made, **DOLLARS)
    for role, number in units.items():
        made.commit(role, number)
    return services.hold_close(sub_fund=made.sub_fund, on=FORMED, by=made.approver, now=NOW, **quoted(rate))


def counts():
    row = Programme.objects.get()
    return row.city_committed, row.total_committed


def refused(action, word):
    with pytest.raises(DatabaseError, match=word), transaction.atomic():
        _at_once(action)


def _at_once(action):
    action()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("amount", "places", "rate", "won"),
    [(100, 2, "1100.25", 1100), (101, 2, "1100.25", 1111), (1, 2, "99", 0), (1_000, 0, "9.5", 9_500), (0, 2, "1", 0)],
)
def test_an_amount_counts_in_whole_won_cut(amount, places, rate, won):
    assert capital.in_won(amount, places, Decimal(rate)) == won
    with connection.cursor() as cursor:
        cursor.execute("SELECT fund_in_won(%s, %s, %s)", [amount, "USD" if places else "JPY", Decimal(rate)])
        assert cursor.fetchone() == (won,)
    with pytest.raises(ValueError, match="above 0"):
        capital.in_won(1, 2, Decimal(0))


def test_dollars_count_in_won_at_the_rate_of_their_close():
    made = formed()
    beside(made, city=1_003, gp=9_000)
    assert counts() == (140_000_000 + 1_103_550, 1_000_000_000 + 1_103_550 + 9_902_250)
    made.commit("fof", 50_000)
    services.hold_close(sub_fund=made.sub_fund, on=FORMED, by=made.approver, now=NOW, **quoted("1200"))
    assert counts()[1] == 1_000_000_000 + 1_103_550 + 9_902_250 + 60_000_000


def test_a_cap_that_cents_would_have_kept_is_refused():
    """As they stand, 20,000 cents beside a billion won are nothing; in won they lift the City over its cap."""
    made = formed()
    gathering(made, **DOLLARS)
    made.commit("city", 200)
    with pytest.raises(Refused, match="한도"):
        services.hold_close(sub_fund=made.sub_fund, on=FORMED, by=made.approver, now=NOW, **quoted("1100"))
    assert counts() == (140_000_000, 1_000_000_000)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"rate": Decimal(0), "rate_source": "x"},
        {"rate": Decimal("1.0000001"), "rate_source": "x"},
        quoted("1100", " "),
    ],
)
def test_a_close_in_dollars_needs_a_rate_and_its_source(given):
    made = house()
    gathering(made, **DOLLARS)
    made.commit("fof", 10)
    with pytest.raises(Invalid):
        services.hold_close(sub_fund=made.sub_fund, on=FORMED, by=made.approver, now=NOW, **given)
    assert not Close.objects.exists()


def test_a_close_in_won_has_no_rate():
    made = house()
    gathering(made)
    made.commit("fof", 10)
    with pytest.raises(Invalid):
        services.hold_close(sub_fund=made.sub_fund, on=FORMED, by=made.approver, now=NOW, **quoted("1"))


def test_a_release_and_a_default_take_off_what_was_counted():
    made = formed()
    beside(made, city=1_001, fof=9_003)
    ours, theirs = (made.sub_fund.commitments.get(partner=made.partners[key]) for key in ("city", "fof"))
    for amount in (333, 50, 7):
        services.release_commitment(commitment=ours, amount=amount, on=FORMED, by=made.approver, now=NOW)
    left = capital.in_won(100_100 - 390, 2, Decimal("1100.25"))
    assert counts()[0] == 140_000_000 + left
    services.default_commitment(commitment=theirs, by=made.approver, now=NOW, reason="")
    assert counts() == (140_000_000 + left, 1_000_000_000 + left)
    assert CapBreach.objects.get().status == BreachStatus.OPEN
    services.cure_default(commitment=theirs, by=made.approver, now=NOW)
    assert counts()[1] == 1_000_000_000 + left + capital.in_won(900_300, 2, Decimal("1100.25"))
    assert CapBreach.objects.get().status == BreachStatus.CURED


def test_the_database_counts_as_the_service_does():
    made = formed()
    close = beside(made, city=1_003, gp=9_000)
    refused(lambda: Programme.objects.update(total_committed=1_100_000_000), "its commitments are")
    refused(lambda: Commitment.objects.filter(sub_fund=made.sub_fund).update(released=1), "its commitments are")
    refused(lambda: Close.objects.filter(pk=close.pk).update(rate=1), "is forbidden")
    refused(lambda: Close.objects.filter(pk=close.pk)._raw_delete("default"), "forbidden")
    refused(lambda: SubFund.objects.filter(pk=made.sub_fund.pk).update(currency="EUR"), "currency of a sub-fund stays")
    first = SubFund.objects.exclude(pk=made.sub_fund.pk).get()
    more = {"number": 9, "on_date": FORMED, "recorded_at": NOW}
    refused(lambda: Close.objects.create(sub_fund=first, rate=2, rate_source="x", **more), "one in won has none")
    refused(lambda: Close.objects.create(sub_fund=made.sub_fund, **more), "has a rate")
    with pytest.raises(IntegrityError, match="close_rate_has_source"), transaction.atomic():
        Close.objects.create(sub_fund=made.sub_fund, rate=2, **more)


def test_a_value_in_dollars_above_the_policy_in_won_waits_for_the_committee():
    """A million dollars are above a billion won though a hundred million cents are not."""
    made = investing(50_000_000, currency="USD")
    held = invested(made, 1_000_000).holding
    Programme.objects.update(motion_above=1_000_000_000)
    made.sub_fund.programme.refresh_from_db()
    held.refresh_from_db()
    small, large = 80_000_000, 100_000_000
    row = submitted(made, held, large)
    assert queries.values.needs_motion(row)
    with pytest.raises(Refused, match="투자심의"):
        services.approve_valuation(valuation=row, by=made.approver)
    refused(
        lambda: type(row).objects.filter(pk=row.pk).update(status="APPROVED", approved_by=made.approver), "no carried"
    )
    services.challenge_valuation(valuation=row, by=made.approver, reason="근거")
    services.resubmit_valuation(valuation=row, amount=small, evidence="새", by=made.manager, now=INVESTED)
    services.approve_valuation(valuation=row, by=made.approver)
    assert row.status == ValuationStatus.APPROVED
