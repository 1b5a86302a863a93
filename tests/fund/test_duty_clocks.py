"""Duties and their clocks: set, warned of once, met or breached once by a test that stays, waived by another person."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.urls import reverse

from fund import queries, services
from fund.models import Duty, DutyTest
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed
from portal.notices.models import Notice
from tests.factories import people
from tests.factories.fund import DAY, FORMED, NOW, bound, formed, invested, investing
from tests.fund.test_duty_counts import certified, moved
from tests.house.test_access import browser_of

SEOUL = "서울특별시 마포구"
EARLY = datetime(2021, 1, 4, tzinfo=UTC)
NEAR = datetime(2021, 10, 4, tzinfo=UTC)
LAST = datetime(2022, 3, 3, 1, tzinfo=UTC)
OVER = datetime(2022, 3, 4, 1, tzinfo=UTC)


def placed(made, amount, address=SEOUL):
    """Money into a company with an address."""
    company = invested(made, amount).holding.company
    moved(made, company, DAY, address)
    return company


def states(duty):
    duty.refresh_from_db()
    return duty.status, list(
        duty.tests.order_by("id").values_list("kind", "standing", "required", "progress", "unknown")
    )


@pytest.mark.django_db
class TestClock:
    def test_warned_once_near_the_end_and_met_once_when_it_is_over(self):
        made = investing()
        duty = bound(made)
        placed(made, 200_000_000)
        assert services.follow_duties(now=EARLY) == 0
        assert services.follow_duties(now=NEAR) == 1
        assert services.follow_duties(now=NEAR + timedelta(days=1)) == 0
        assert states(duty) == ("OPEN", [("WARNING", "at_risk", 280_000_000, 200_000_000, 0)])
        told = Notice.objects.filter(topic="fund.duty_ending")
        reporter = made.sub_fund.manager.memberships.get().user
        assert set(told.values_list("user", flat=True)) == {made.manager.pk, made.approver.pk, reporter.pk}
        assert "280,000,000" in told.first().body or "2억" in told.first().body
        placed(made, 80_000_000)
        assert services.follow_duties(now=LAST) == 0, "the last day belongs to the clock"
        assert services.follow_duties(now=OVER) == 1
        assert services.follow_duties(now=OVER) == 0
        assert states(duty)[0] == "MET"
        final = duty.tests.get(kind="FINAL")
        assert (final.on_date, final.progress, final.standing) == (date(2022, 3, 3), 280_000_000, "met")
        assert [row["counts"] for row in json.loads(final.body)["rows"]] == ["yes", "yes"]
        assert Notice.objects.filter(topic="fund.duty_ended").count() == 3

    def test_breached_when_too_little_counts_and_unknown_counts_nothing(self):
        made = investing()
        duty = bound(made)
        placed(made, 100_000_000)
        placed(made, 50_000_000, "경기도 성남시")
        invested(made, 130_000_000)
        services.follow_duties(now=OVER + timedelta(days=9))
        assert states(duty) == ("BREACHED", [("FINAL", "breached", 280_000_000, 100_000_000, 130_000_000)])
        assert duty.final.invested == 280_000_000
        later = queries.duties.measured(duty, on=date(2023, 1, 1), known=database_now())
        assert (later.standing, later.days_left, later.missing) == ("breached", 0, 180_000_000)

    def test_a_duty_of_the_manager_owes_and_counts_over_all_its_sub_funds_in_one_currency(self):
        made = investing()
        other = investing(into=made, units={"city": 100, "fof": 600, "alpha": 300}).sub_fund
        first = made.programme.sub_funds.exclude(pk=other.pk).get()
        duty = services.set_duty(
            sub_fund=first, by=made.manager, now=NOW, predicate="STATUTE", base="MANAGER", counted="INVESTMENT",
            bp=4_000, start=DAY, deadline=date(2022, 3, 4), source="벤처투자 촉진에 관한 법률",
        )  # fmt: skip
        certified(made, invested(made, 30_000_000).holding.company, DAY, "STARTUP")
        committed = sum(one.commitments.aggregate(sum=Sum("amount"))["sum"] for one in (first, other))
        found = queries.duties.measured(duty, on=date(2021, 3, 2), known=database_now())
        assert (found.base, found.required, found.progress) == (committed, committed * 2 // 5, 30_000_000)
        alone = bound(made, base="FUND", predicate="STATUTE")
        assert queries.duties.measured(alone, on=date(2021, 3, 2), known=database_now()).base < committed

    def test_a_duty_that_counts_now_forgets_who_left(self):
        made = investing()
        stays, now = bound(made), bound(made, counted="NOW")
        company = placed(made, 280_000_000)
        moved(made, company, date(2021, 5, 3), "경기도 성남시", now=datetime(2021, 6, 1, tzinfo=UTC))
        services.follow_duties(now=OVER)
        assert (states(stays)[0], states(now)[0]) == ("MET", "BREACHED")

    def test_money_after_the_clock_is_not_counted_and_the_share_moves_with_the_base(self):
        made = investing()
        whole = bound(made, base="FUND", bp=2_000, deadline=date(2019, 6, 3), predicate="SECTOR", sectors=["블록체인"])
        sector = bound(made, base="FUND", bp=2_000, predicate="SECTOR", sectors=["블록체인", "핀테크"])
        invested(made, 200_000_000)
        rows = queries.duties.measured_all([whole, sector], on=date(2020, 1, 1), known=database_now())
        assert [(row.required, row.progress, row.standing) for row in rows] == [
            (200_000_000, 0, "breached"), (200_000_000, 200_000_000, "met"),
        ]  # fmt: skip

    def test_what_is_met_early_is_looked_at_again_and_not_warned_of(self):
        made = investing()
        duty = bound(made, bp=10_000)
        placed(made, 140_000_000)
        assert services.follow_duties(now=NEAR) == 0
        assert states(duty) == ("OPEN", [])

    def test_a_test_stands_by_what_it_counted_whatever_is_corrected_later(self):
        made = investing()
        duty = bound(made)
        company = placed(made, 280_000_000)
        services.follow_duties(now=OVER)
        moved(made, company, DAY, "경기도 성남시", now=OVER + timedelta(days=30))
        assert states(duty)[0] == "MET"
        assert queries.duties.measured(duty, on=OVER.date(), known=database_now()).standing == "breached"
        then = queries.duties.measured(duty, on=OVER.date(), known=duty.final.known_at)
        text, digest = queries.snapshots.spelled({"rows": queries.duties.spelled(then.counted)})
        assert (text, digest) == (duty.final.body, duty.final.digest)


@pytest.mark.django_db
class TestRules:
    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({"predicate": "SECTOR"}, "sectors"),
            ({"sectors": ["블록체인"]}, "sectors"),
            ({"bp": 0}, "bp"),
            ({"deadline": FORMED}, "deadline"),
            ({"start": date(2018, 1, 1), "deadline": date(2018, 6, 1)}, "deadline"),
            ({"source": " "}, "source"),
        ],
    )
    def test_what_is_refused_says_where(self, asked, field):
        with pytest.raises(Invalid) as refused:
            bound(formed(), **asked)
        assert refused.value.field == field
        assert not Duty.objects.exists()

    def test_who_sets_does_not_let_off_and_a_reason_is_wanted(self):
        made = formed()
        duty = bound(made)
        with pytest.raises(NotAllowed):
            services.waive_duty(duty=duty, by=made.manager, now=NOW, reason="사정")
        with pytest.raises(Invalid):
            services.waive_duty(duty=duty, by=made.approver, now=NOW, reason=" ")
        both = people.with_role("fund.approver", user=made.manager, cluster=made.programme.cluster)
        with pytest.raises(NotAllowed):
            services.waive_duty(duty=duty, by=both, now=NOW, reason="사정")
        services.waive_duty(duty=duty, by=made.approver, now=NOW, reason="투자기간 단축")
        assert states(duty)[0] == "WAIVED"
        assert queries.duties.measured(duty, on=OVER.date(), known=database_now()).standing == "waived"
        assert services.follow_duties(now=OVER) == 0

    def test_only_the_desk_of_the_fund_sets_duties(self):
        made = formed()
        with pytest.raises(NotAllowed):
            services.set_duty(sub_fund=made.sub_fund, by=made.approver, now=NOW)


@pytest.mark.django_db
class TestDatabase:
    """Each goes around the services."""

    def refused(self, action, said):
        with pytest.raises(DatabaseError, match=said), transaction.atomic():
            action()

    def test_a_duty_is_never_edited_and_ends_by_its_test_only(self):
        made = investing()
        duty = bound(made)
        rows = Duty.objects.filter(pk=duty.pk)
        self.refused(lambda: rows.update(bp=1), "stays as it was set")
        self.refused(rows.delete, "stays as it was set")
        self.refused(lambda: rows.update(status="MET", ended_at=OVER), "no final test")
        services.waive_duty(duty=duty, by=made.approver, now=NOW, reason="사정")
        self.refused(lambda: rows.update(status="OPEN", ended_at=None), "stays as it was set")

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"predicate": "SECTOR"}, "duty_names_its_sectors"),
            ({"sectors": ["보안"]}, "duty_names_its_sectors"),
            ({"predicate": "MOON"}, "duty_predicate_known"),
            ({"base": "HALF"}, "duty_base_known"),
            ({"counted": "LATER"}, "duty_counted_known"),
            ({"bp": 0}, "duty_asks_for_something"),
            ({"deadline_date": FORMED}, "duty_has_a_clock"),
            ({"ended_at": OVER}, "duty_ended_has_time"),
            ({"status": "MET", "ended_at": OVER}, "a duty begins open"),
        ],
    )
    def test_what_a_duty_must_say(self, changes, said):
        made = formed()
        fields = {
            "sub_fund": made.sub_fund, "predicate": "SEOUL", "bp": 1, "start_date": FORMED, "source": "공고",
            "deadline_date": date(2022, 3, 4), "set_by": made.manager, "set_at": NOW, **changes,
        }  # fmt: skip
        self.refused(lambda: Duty.objects.create(**fields), said)

    def test_a_test_is_as_it_was_counted_and_a_final_one_waits_for_the_clock(self):
        made = formed()
        duty = bound(made)
        text, digest = queries.snapshots.spelled({"rows": []})
        fields = {
            "duty": duty, "kind": "FINAL", "on_date": date(2022, 3, 3), "known_at": OVER, "base": 140_000_000,
            "required": 280_000_000, "invested": 0, "progress": 0, "unknown": 0, "standing": "breached", "body": text,
            "digest": digest,
        }  # fmt: skip
        make = DutyTest.objects.create
        self.refused(lambda: make(**{**fields, "body": "{}"}), "digest")
        self.refused(lambda: make(**{**fields, "required": 1}), "asks for another amount")
        self.refused(lambda: make(**{**fields, "known_at": LAST}), "clock")
        self.refused(lambda: make(**{**fields, "on_date": date(2022, 3, 4)}), "clock")
        self.refused(lambda: make(**{**fields, "progress": 1}), "duty_counts_only_what_was_invested")
        self.refused(lambda: make(**{**fields, "standing": "met"}), "duty_final_test_says_which")
        self.refused(lambda: make(**{**fields, "standing": "fine"}), "duty_")
        self.refused(lambda: make(**{**fields, "kind": "SOON"}), "duty_test_kind_known")
        test = make(**{**fields, "kind": "WARNING", "standing": "at_risk"})
        self.refused(lambda: make(**{**fields, "kind": "WARNING", "standing": "at_risk"}), "duty_is_tested_once")
        self.refused(DutyTest.objects.filter(pk=test.pk).delete, "forbidden")
        self.refused(lambda: DutyTest.objects.filter(pk=test.pk).update(progress=0), "forbidden")


@pytest.mark.django_db
class TestPages:
    def page(self, who, name, *args, **query):
        return browser_of(who).get(reverse(f"fund:{name}", args=args), query)

    def test_who_sees_the_clock(self):
        made = investing()
        duty = bound(made)
        placed(made, 100_000_000)
        reporter = made.sub_fund.manager.memberships.get().user
        for who in (made.manager, made.approver, reporter):
            page = self.page(who, "duties", made.sub_fund.public_id, on="2020-06-01").content.decode()
            assert "서울에 있는 기업" in page
            assert "늦어짐" in page
            page = self.page(who, "duty", duty.public_id, on="2020-06-01").content.decode()
            assert "체인기업" in page
        stranger = people.person()
        assert self.page(stranger, "duties", made.sub_fund.public_id).status_code == 403
        assert self.page(stranger, "duty", duty.public_id).status_code == 403

    def test_the_clock_on_the_day_before_the_money_and_past_its_end(self):
        made = investing()
        duty = bound(made)
        placed(made, 280_000_000)
        assert "채움" in self.page(made.manager, "duty", duty.public_id, on="2019-06-03").content.decode()
        assert "순조로움" not in self.page(made.manager, "duty", duty.public_id, on="2019-06-02").content.decode()
        assert "시작 전" in self.page(made.manager, "duty", duty.public_id, on="2019-03-03").content.decode()

    def test_a_form_that_keeps_what_was_typed(self):
        made = formed()
        asked = {
            "predicate": "SEOUL", "base": "CITY", "percent": "200", "counted": "INVESTMENT", "start": "2019-03-04",
            "deadline": "2019-03-04", "warn_days": "180", "source": "출자 공고 제5조", "sectors": "",
        }  # fmt: skip
        address = reverse("fund:new_duty", args=[made.sub_fund.public_id])
        answer = browser_of(made.manager).post(address, asked)
        assert answer.status_code == 422
        assert "출자 공고 제5조" in answer.content.decode()
        asked["deadline"] = (database_now() + timedelta(days=700)).date().isoformat()
        for wrong in ({"percent": "0"}, {"percent": "abc"}, {"predicate": "SECTOR"}, {"warn_days": "99999999999"}):
            assert browser_of(made.manager).post(address, {**asked, **wrong}).status_code == 422
        browser_of(made.manager).post(address, asked)
        duty = Duty.objects.get()
        assert (duty.bp, duty.status) == (20_000, "OPEN")
        waive = reverse("fund:duty", args=[duty.public_id]) + "?act=waive"
        assert browser_of(made.manager).post(waive, {"waive-reason": "사정"}).status_code == 403
        browser_of(made.approver).post(waive, {"waive-reason": "사정"})
        duty.refresh_from_db()
        assert duty.status == "WAIVED"

    def test_the_desks_count_what_presses(self):
        made = formed()
        bound(made)
        desk = browser_of(made.manager).get(reverse("desk:home")).content.decode()
        assert "기한이 가까운 투자의무" in desk
        assert queries.duties.pressing([made.sub_fund], NEAR.date()) == 1
        assert queries.duties.pressing([made.sub_fund], EARLY.date()) == 0
        services.follow_duties(now=OVER)
        assert queries.duties.pressing([made.sub_fund], EARLY.date()) == 1, "a breach presses until it is waived"
