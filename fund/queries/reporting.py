"""Which reports managers owe, and how each stands on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from fund.due import due_date, ends
from fund.enums import ReportState, SubFundStatus, UploadStatus
from fund.models import Programme, ReportTerms, SubFund, Upload
from fund.queries.filing import state_of
from portal.accounts.queries import acted_for

#: From its formation until it is closed a sub-fund is reported on.
REPORTED = [
    SubFundStatus.FORMED,
    SubFundStatus.REGISTERED,
    SubFundStatus.INVESTING,
    SubFundStatus.SUSPENDED,
    SubFundStatus.HARVESTING,
    SubFundStatus.EXTENDED,
    SubFundStatus.LIQUIDATING,
]


@dataclass(frozen=True, slots=True)
class Task:
    """The report of one sub-fund on the quarter that ended on ``end``."""

    sub_fund: SubFund
    end: date
    due: date
    state: ReportState

    def days_late(self, today: date) -> int:
        """Days since it was due; 0 in time or once it is there."""
        return max(0, (today - self.due).days) if self.state == ReportState.LATE else 0


def managed_by(user: Any) -> QuerySet[SubFund]:
    """The sub-funds whose manager (운용사) the person acts for now."""
    found = SubFund.objects.filter(manager__in=acted_for(user))
    return found.select_related("manager", "programme__cluster").order_by("code")


def terms_of(programme: Programme) -> QuerySet[ReportTerms]:
    """The programme's terms of reporting, the latest first."""
    return programme.report_terms.select_related("set_by").order_by("-valid")


def tasks(sub_funds: Iterable[SubFund], *, today: date) -> list[Task]:
    """The report of every quarter that has ended, the latest quarter first; none before terms were set."""
    rows = [row for row in sub_funds if row.status in REPORTED and row.formed_date is not None]
    terms: dict[int, list[ReportTerms]] = {}
    for one in ReportTerms.objects.filter(programme__in={row.programme_id for row in rows}):
        terms.setdefault(one.programme_id, []).append(one)
    told = (
        state_of(Upload.objects.filter(sub_fund__in=rows).values_list("sub_fund_id", "end_date", "status"))
        if terms
        else {}
    )
    made = [task for row in rows for task in _of(row, terms.get(row.programme_id, []), today, told)]
    return sorted(made, key=lambda task: (-task.end.toordinal(), task.sub_fund.code))


def _of(
    sub_fund: SubFund, terms: Sequence[ReportTerms], today: date, told: Mapping[tuple[int, date], str]
) -> Iterable[Task]:
    assert sub_fund.formed_date is not None
    for one in terms:
        until = one.valid.upper or date.max
        days = one.days_for(sub_fund)
        for end in ends(max(one.valid.lower, sub_fund.formed_date), today):
            if end < until and end < today:
                due = due_date(end, days)
                yield Task(sub_fund, end, due, _state(told.get((sub_fund.pk, end)), due, today))


def _state(told: str | None, due: date, today: date) -> ReportState:
    """A report that was applied is there, however late; one that waits for somebody's confirmation is not."""
    if told == UploadStatus.APPLIED:
        return ReportState.DONE
    if due < today:
        return ReportState.LATE
    return ReportState.PARTIAL if told else ReportState.DUE


def outstanding(found: Iterable[Task]) -> list[Task]:
    """Those that somebody still has to hand in, the one due first first."""
    return sorted((task for task in found if task.state != ReportState.DONE), key=lambda task: task.due)


def late(found: Iterable[Task]) -> list[Task]:
    """Those that everybody may know of: due and not there."""
    return [task for task in outstanding(found) if task.state == ReportState.LATE]
