"""Which reports managers owe: dated terms, days counted, late ones for everybody to read."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from fund import queries, services
from fund.due import Days, due_date, ends, quarter_end, quarter_of, quarter_start
from fund.models import ReportTerms, SubFund
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed
from portal.core.periods import SEOUL
from tests.factories import people
from tests.factories.fund import NOW, formed, house
from tests.house.test_access import browser_of

START = date(2019, 1, 1)
LATE = date(2019, 11, 30)


def with_terms(made, start=START, *, now=NOW, **days):
    return services.set_report_terms(
        programme=made.programme, start=start, source="운용지침 제9조", by=made.approver, now=now, **days
    )


def told(made, today):
    found = queries.reporting.tasks(queries.funds.sub_funds_of(made.programme), today=today)
    return [(task.end.isoformat(), task.due.isoformat(), task.state.value) for task in found]


class TestDays:
    def test_quarters_end_where_the_calendar_says(self):
        assert [quarter_end(2024, quarter).isoformat() for quarter in (1, 2, 3, 4)] == [
            "2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31",
        ]  # fmt: skip
        with pytest.raises(ValueError):
            quarter_end(2024, 5)

    @given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 900))
    def test_every_quarter_that_ends_is_named_once(self, first, days):
        last = first + timedelta(days=days)
        found = list(ends(first, last))
        assert all(first <= end <= last and (end + timedelta(days=1)).day == 1 for end in found)
        each = [first + timedelta(days=n) for n in range(days + 1)]
        assert found == [day for day in each if quarter_start(day + timedelta(days=1)) == day + timedelta(days=1)]

    def test_the_fourth_quarter_is_due_with_the_year(self):
        days = Days(quarter=60, year=120)
        assert due_date(date(2026, 6, 30), days) == date(2026, 8, 29)
        assert due_date(date(2025, 12, 31), days) == date(2026, 4, 30)
        assert quarter_of(date(2025, 12, 31)) == 4


@pytest.mark.django_db
class TestTasks:
    def test_nothing_is_owed_before_terms_are_set(self):
        assert told(formed(), LATE) == []

    def test_every_quarter_since_the_sub_fund_was_formed(self):
        made = formed()
        with_terms(made)
        assert told(made, LATE) == [
            ("2019-09-30", "2019-11-29", "LATE"),
            ("2019-06-30", "2019-08-29", "LATE"),
            ("2019-03-31", "2019-05-30", "LATE"),
        ]
        assert [row[2] for row in told(made, date(2019, 11, 29))] == ["DUE", "LATE", "LATE"], "the last day is in time"
        assert told(made, date(2019, 3, 31)) == [], "a quarter is owed when it is over"

    def test_a_fund_of_funds_has_longer(self):
        made = formed(fund_of_funds=True)
        with_terms(made)
        assert told(made, date(2020, 2, 1))[0] == ("2019-12-31", "2020-06-28", "DUE")
        assert told(made, date(2020, 2, 1))[1] == ("2019-09-30", "2020-01-28", "LATE")

    def test_a_sub_fund_that_is_not_formed_or_no_longer_there_owes_nothing(self):
        made = formed()
        with_terms(made)
        for status in ("GATHERING", "CANCELLED", "CLOSED"):
            assert queries.reporting.tasks([SubFund(status=status, formed_date=START)], today=LATE) == []

    def test_the_tasks_of_three_sub_funds_cost_as_much_as_those_of_one(self, django_assert_num_queries):
        made = formed()
        with_terms(made)
        for number in range(3):
            rows = list(queries.funds.sub_funds_of(made.programme))
            assert len(rows) == number + 1
            with django_assert_num_queries(2):
                assert len(queries.reporting.tasks(rows, today=LATE)) == 3 * (number + 1)
            formed(into=made)


@pytest.mark.django_db
class TestTerms:
    def test_new_terms_hold_for_later_quarters_only(self):
        made = formed()
        with_terms(made)
        now = NOW.replace(month=8)
        with pytest.raises(Invalid) as refused:
            with_terms(made, date(2019, 4, 1), now=now)
        assert refused.value.field == "start"
        with_terms(made, date(2019, 7, 1), now=now, quarter_days=45)
        assert told(made, LATE)[:2] == [("2019-09-30", "2019-11-14", "LATE"), ("2019-06-30", "2019-08-29", "LATE")]
        assert [row.quarter_days for row in queries.reporting.terms_of(made.programme)] == [45, 60]

    def test_what_is_refused(self):
        made = house()
        for asked, field in (
            ({"start": date(2019, 2, 1)}, "start"),
            ({"start": START, "quarter_days": 0}, "quarter_days"),
            ({"start": START, "source": "  "}, "source"),
        ):
            with pytest.raises(Invalid) as refused:
                services.set_report_terms(
                    programme=made.programme, by=made.approver, now=NOW, **{"source": "지침", **asked}
                )
            assert refused.value.field == field
        with pytest.raises(NotAllowed):
            services.set_report_terms(programme=made.programme, start=START, source="지침", by=made.manager, now=NOW)
        assert not ReportTerms.objects.exists()

    def test_the_database_keeps_what_was_set(self):
        made = house()
        row = with_terms(made)

        def refused(action, said):
            with pytest.raises(IntegrityError, match=said), transaction.atomic():
                action()

        rows = ReportTerms.objects.filter(pk=row.pk)
        refused(lambda: rows.update(quarter_days=90), "never edited")
        refused(lambda: rows.update(valid=DateRange(date(2020, 1, 1), None)), "never edited")
        refused(rows.delete, "never edited")
        again = {"programme": made.programme, "source": "지침", "set_by": made.approver}
        make = ReportTerms.objects.create
        refused(lambda: make(valid=DateRange(LATE, None), **again), "one_report_term_at_a_time")
        refused(lambda: make(valid=DateRange(None, START), **again), "report_terms_have_a_start")
        refused(lambda: make(valid=DateRange(START, START), **again), "report_terms_have_a_start")
        refused(lambda: make(valid=DateRange(None, date(2018, 1, 1)), year_days=0, **again), "report_terms")


@pytest.mark.django_db
class TestPages:
    def at(self, name, *args):
        return reverse(f"fund:{name}", args=args)

    def test_the_managers_people_see_what_they_owe_and_others_nothing(self):
        made, other = formed(), formed(name_ko="남의 조합")
        for one in (made, other):
            with_terms(one, date(database_now().year - 1, 1, 1))
        reporter = made.sub_fund.manager.memberships.get().user
        page = browser_of(reporter).get(self.at("reporting")).content.decode()
        assert "마당 1호" in page
        assert "일 지남" in page
        assert "남의 조합" not in page
        assert browser_of(people.person()).get(self.at("reporting")).status_code == 403
        assert "운용사 보고" in browser_of(reporter).get(reverse("desk:my")).content.decode()
        assert "보고 기한 정하기" not in browser_of(made.manager).get(self.at("reporting")).content.decode()

    def test_the_approver_sets_the_terms_on_a_form_that_keeps_what_was_typed(self):
        made = formed()
        approver = browser_of(made.approver)
        assert "아직 보고 기한을 정하지 않았습니다" in approver.get(self.at("reporting")).content.decode()
        asked = {
            "start": "2019-02-01", "quarter_days": 60, "year_days": 120, "indirect_quarter_days": 120,
            "indirect_year_days": 180, "source": "운용지침 제9조",
        }  # fmt: skip
        answer = approver.post(self.at("report_terms", made.programme.code), asked)
        assert answer.status_code == 422
        assert "운용지침 제9조" in answer.content.decode()
        approver.post(self.at("report_terms", made.programme.code), {**asked, "start": "2019-01-01"})
        assert ReportTerms.objects.get().valid.lower == START
        assert browser_of(made.manager).get(self.at("report_terms", made.programme.code)).status_code == 403

    def test_everybody_reads_which_reports_are_late(self, client):
        made = formed()
        with_terms(made)
        today = database_now()
        last = quarter_start(today.astimezone(SEOUL).date()) - timedelta(days=1)
        row = services.build_snapshot(programme=made.programme, kind="QUARTER", on=last, by=made.manager, now=today)
        services.see_snapshot(snapshot=row, by=made.approver)
        services.publish_snapshot(snapshot=row, by=made.approver, now=today)
        page = client.get(self.at("public")).content.decode()
        assert "기한이 지난 운용사 보고" in page
        assert "2019년 1분기" in page
