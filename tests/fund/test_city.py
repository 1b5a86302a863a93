"""The City as a partner: the room under its cap, calls against the plan, who sees it, and won only in every sum."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from hypothesis import assume, given
from hypothesis import strategies as st

from fund import queries, services
from fund.capital import city_share_ok
from fund.models import CallPlan, Partner
from fund.queries.city import headroom
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed
from tests.factories import people
from tests.factories.fund import INVESTED, NOW, bound, formed, gathering, house, invested, investing
from tests.house.test_access import browser_of

LATER = date(2020, 6, 30)


def planned(made, year=2019, amount=100_000_000, now=NOW):
    return services.set_call_plan(
        programme=made.programme, year=year, amount=amount, source="2019년 예산서", by=made.manager, now=now
    )


def page(who, **query):
    return browser_of(who).get(reverse("fund:city"), query)


class TestHeadroom:
    @given(st.integers(0, 10**12), st.integers(0, 10**13), st.integers(1, 9_999))
    def test_the_room_is_exact_to_the_won(self, city, others, cap):
        total = city + others
        room = headroom(city, total, cap)
        if room.missing:
            assert (room.may_add, room.may_lose) == (0, 0)
            assert not city_share_ok(city, total + room.missing - 1, cap)
            assert city_share_ok(city, total + room.missing, cap)
            return
        assert city_share_ok(city + room.may_add, total + room.may_add, cap)
        assert not city_share_ok(city + room.may_add + 1, total + room.may_add + 1, cap)
        assume(city)
        assert city_share_ok(city, total - room.may_lose, cap)
        assert not city_share_ok(city, total - room.may_lose - 1, cap)

    def test_the_announced_programme(self):
        room = headroom(13_600_000_000, 100_000_000_000, 1400)
        assert 100_000_000_000 - room.may_lose == 97_142_857_143, "the total below which 13.6 bn breaks 14 %"
        assert room.may_add == 465_116_279
        assert headroom(1, 1, 10_000).may_add is None


@pytest.mark.django_db
class TestFigures:
    def test_calls_stand_beside_the_plan_of_their_year_as_it_was_known(self):
        made = investing()
        planned(made)
        planned(made, amount=80_000_000, now=INVESTED)
        planned(made, 2021, 40_000_000)
        known = database_now()
        rows = queries.city.years(made.programme, on=LATER, known=known)
        assert [(row.year, row.planned, row.called, row.paid_in) for row in rows] == [
            (2019, 80_000_000, 70_000_000, 70_000_000), (2020, None, 0, 0), (2021, 40_000_000, 0, 0),
        ]  # fmt: skip
        assert queries.city.plan(made.programme, NOW) == {2019: 100_000_000, 2021: 40_000_000}
        assert queries.city.years(house().programme, on=LATER, known=known) == []

    def test_the_share_at_the_end_of_each_year_and_on_the_day(self):
        made = formed()
        rows = queries.city.shares(made.programme, on=LATER, known=database_now())
        assert [(row.on, row.city, row.total, row.bp) for row in rows] == [
            (date(2019, 12, 31), 140_000_000, 1_000_000_000, 1400), (LATER, 140_000_000, 1_000_000_000, 1400),
        ]  # fmt: skip
        assert queries.city.shares(made.programme, on=date(2019, 3, 3), known=database_now()) == []

    def test_another_currency_is_in_no_sum(self):
        made = formed()
        gathering(made, currency="USD", name_ko="달러 조합", name_en="Dollar fund")
        for role, units in {"city": 1, "fof": 99}.items():
            made.commit(role, units)
        made.close()
        known = database_now()
        assert queries.city.shares(made.programme, on=LATER, known=known)[-1].total == 1_000_000_000
        told = page(made.manager, on="2020-06-30").content.decode()
        assert "통화가 다른 자펀드" in told
        assert "달러 조합" in told
        assert "USD 1,000,000.00" in told

    def test_five_sub_funds_cost_as_many_questions_as_one(self, django_assert_num_queries):
        made = investing()
        for _ in range(3):
            known = database_now()
            with django_assert_num_queries(16):
                queries.city.read(made.programme, on=LATER, known=known)
                queries.city.years(made.programme, on=LATER, known=known)
                queries.city.shares(made.programme, on=LATER, known=known)
            formed(into=made, units={"city": 10, "fof": 90})


@pytest.mark.django_db
class TestPage:
    def test_who_sees_it(self):
        made = investing()
        bound(made)
        invested(made, 100_000_000)
        officer = people.person("출자 담당")
        office = people.company(name="서울시청", master=officer)
        assert page(officer).status_code == 403
        Partner.objects.filter(pk=made.partners["city"].pk).update(organisation=office)
        for who in (made.manager, made.approver, officer):
            told = page(who, on="2020-06-30").content.decode()
            for said in (
                "한도까지 여유",
                "출자 계획과 요청",
                "서울시 비율의 변화",
                "자펀드별 성과",
                "순자산이 되기까지",
                "서울에 있는 기업",
            ):
                assert said in told
        assert "서울시 출자" in browser_of(officer).get(reverse("desk:my")).content.decode()
        assert reverse("fund:sub_fund", args=[made.sub_fund.public_id]) not in page(officer).content.decode()
        duty = made.sub_fund.duties.get()
        assert browser_of(officer).get(reverse("fund:duty", args=[duty.public_id])).status_code == 200
        assert browser_of(officer).get(reverse("fund:duties", args=[made.sub_fund.public_id])).status_code == 200
        reporter = made.sub_fund.manager.memberships.get().user
        assert page(reporter).status_code == 403

    def test_before_the_first_close_and_with_a_bad_day(self):
        made = house()
        assert "정한 투자의무가 없습니다." in page(made.manager).content.decode()
        for bad in ("2020-13-01", "x", "0001-01-01", "9999-12-31"):
            assert page(made.manager, on=bad, known=bad).status_code == 200

    def test_a_plan_is_set_on_a_form_that_keeps_what_was_typed(self):
        made = formed()
        address = reverse("fund:call_plan", args=[made.programme.code])
        year = database_now().year + 1
        asked = {"year": year, "amount": "99,000,000,000", "source": "예산서"}
        answer = browser_of(made.manager).post(address, asked)
        assert answer.status_code == 422
        assert "99,000,000,000" in answer.content.decode()
        for wrong in ({"year": "1999"}, {"year": ""}, {"amount": "-1"}, {"source": ""}):
            assert browser_of(made.manager).post(address, {**asked, **wrong}).status_code == 422
        browser_of(made.manager).post(address, {**asked, "amount": "1,000,000,000"})
        assert CallPlan.objects.get().amount == 1_000_000_000
        assert str(year) in page(made.manager).content.decode()
        assert browser_of(made.approver).get(address).status_code == 403


@pytest.mark.django_db
class TestPlan:
    def test_what_is_refused(self):
        made = formed()
        for asked, field in (
            ({"year": 2018}, "year"),
            ({"amount": made.programme.amount + 1}, "amount"),
        ):
            with pytest.raises(Invalid) as refused:
                planned(made, **asked)
            assert refused.value.field == field
        with pytest.raises(NotAllowed):
            services.set_call_plan(
                programme=made.programme, year=2019, amount=1, source="예산서", by=made.approver, now=NOW
            )
        assert not CallPlan.objects.exists()

    def test_the_database_keeps_it(self):
        made = formed()
        row = planned(made)
        rows = CallPlan.objects.filter(pk=row.pk)
        for action in (lambda: rows.update(amount=1), rows.delete):
            with pytest.raises(DatabaseError, match="forbidden"), transaction.atomic():
                action()
        fields = {"programme": made.programme, "amount": 1, "source": "예산서", "set_by": made.manager}
        for changes, said in (
            ({"year": 2019, "set_at": NOW}, "call_plan_is_set_once_at_a_time"),
            ({"year": 1990, "set_at": datetime(2020, 1, 1, tzinfo=UTC)}, "call_plan_has_a_year"),
        ):
            with pytest.raises(IntegrityError, match=said), transaction.atomic():
                CallPlan.objects.create(**fields, **changes)


@pytest.mark.django_db
def test_what_a_later_closer_takes_over_is_called_of_the_city_no_more():
    made = formed(units={"city": 140, "fof": 860})
    made.pay(made.call(500_000_000))
    now = NOW + timedelta(days=90)
    made.commit("beta", 400, now=now)
    made.close(on=now.date(), now=now)
    [row] = queries.city.years(made.programme, on=date(2019, 12, 31), known=database_now())
    assert (row.called, row.paid_in) == (50_000_000, 50_000_000)


@pytest.mark.django_db
def test_a_breach_that_was_let_stand_says_so():
    made = formed()
    lost = made.sub_fund.commitments.get(partner=made.partners["beta"])
    services.default_commitment(commitment=lost, by=made.approver, now=INVESTED, reason="납입 불능")
    assert "유예를 결정해야 합니다" in page(made.manager).content.decode()
    made.programme.refresh_from_db()
    services.waive_breach(breach=made.programme.cap_breach, by=made.approver, now=INVESTED, reason="민간의 불이행")
    told = page(made.manager).content.decode()
    assert "유예했습니다" in told
    assert "유예를 결정해야 합니다" not in told
