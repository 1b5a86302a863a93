"""What the books know of a sub-fund at the end of a quarter, for holding a manager's report against it. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from fund.due import quarter_start
from fund.enums import Account, BreakKind, BreakStatus, HoldingStatus, SettlementKind, SettlementStatus, UploadStatus
from fund.enums import ValuationStatus as Stands
from fund.models import Break, Lot, Settlement, SubFund, Upload, Valuation
from fund.models.settlements import STANDING
from fund.queries import books, flows, values
from fund.queries.settlements import work_out
from fund.workbook.comparing import Asset, Filed, Known, Voucher
from portal.core.errors import Invalid

_ENDED = (HoldingStatus.EXITED, HoldingStatus.WRITTEN_OFF)
_DAY = timedelta(days=1)


def known(sub_fund: SubFund, end: date) -> Known:
    """Holdings, vouchers of the quarter and balances at the end of ``end``, as the books have them now."""
    assert sub_fund.formed_date is not None
    standing = list(sub_fund.settlements.filter(status__in=STANDING))
    return Known(
        code=sub_fund.code,
        end=end,
        formed=sub_fund.formed_date,
        currency=sub_fund.currency,
        assets=_assets(sub_fund, end),
        vouchers={row.voucher: _voucher(row) for row in standing if row.voucher},
        charged=[(row.period.lower, row.period.upper - _DAY) for row in standing if row.period is not None],
        balances=_balances(sub_fund, end, standing),
        fee=lambda start, until: _fee(sub_fund, start, until),
    )


def _assets(sub_fund: SubFund, end: date) -> dict[str, Asset]:
    found = values.values(sub_fund, on=end)
    rows = Valuation.objects.filter(holding__in=[value.holding for value in found], on_date=end)
    filed = {row.holding_id: row for row in rows.exclude(status=Stands.SUPERSEDED).order_by("id")}
    lots: dict[int, set[str]] = {}
    for lot in Lot.objects.filter(holding__in=[value.holding for value in found]):
        lots.setdefault(lot.holding_id, set()).add(str(lot.get_instrument_display()))
    return {
        str(value.holding.public_id): Asset(
            company=_both(value.holding.company.name_ko, value.holding.company.name_en),
            security=", ".join(sorted(lots.get(value.holding.pk, ()))),
            cost=value.cost,
            carried=value.carried,
            ended=value.holding.status in _ENDED,
            filed=_filed(filed.get(value.holding.pk)),
        )
        for value in found
    }


def _both(name_ko: str, name_en: str) -> str:
    return f"{name_ko} {name_en}" if name_en and name_en != name_ko else name_ko


def _filed(row: Valuation | None) -> Filed | None:
    if row is None:
        return None
    judged = row.motion_id is not None and row.status == Stands.SUBMITTED
    return Filed(row.amount, row.method, str(row.level), row.evidence, row.status, judged)


def _voucher(row: Settlement) -> Voucher:
    start, until = (row.period.lower, row.period.upper - _DAY) if row.period else (None, None)
    return Voucher(row.kind, row.on_date, row.amount, row.note, start, until, row.status)


def _balances(sub_fund: SubFund, end: date, standing: Iterable[Settlement]) -> dict[str, int]:
    """Since the formation, in minor units; what was proposed and not booked yet is counted, as the manager has booked it."""
    book = books.book_of(sub_fund)
    found = books.balances(book, on=end)
    waiting = dict.fromkeys(SettlementKind.values, 0)
    for row in standing:
        if row.status == SettlementStatus.PROPOSED and row.on_date <= end:
            waiting[row.kind] += row.amount
    money = flows.cash_flows(sub_fund, on=end)
    return {
        "CASH": found.get(Account.CASH, 0) + waiting[SettlementKind.INCOME],
        "COST": found.get(Account.INVESTMENTS, 0),
        "PAID_IN": sum(flow.paid_in for flow in money),
        "DISTRIBUTED": sum(flow.distributed for flow in money),
        "FEES": found.get(Account.FEE, 0) + waiting[SettlementKind.FEE],
        "EXPENSES": found.get(Account.EXPENSE, 0) + waiting[SettlementKind.EXPENSE],
    }


def _fee(sub_fund: SubFund, start: date, until: date) -> int | None:
    try:
        return work_out(sub_fund, SettlementKind.FEE, on=until, period=DateRange(start, until + _DAY)).amount
    except Invalid:
        return None


def in_quarter(found: Known) -> Known:
    """The same with the vouchers of the quarter only: what a template shows."""
    start = quarter_start(found.end)
    kept = {number: one for number, one in found.vouchers.items() if start <= one.on <= found.end}
    return Known(
        found.code, found.end, found.formed, found.currency, found.assets, kept, found.charged, found.balances, found.fee
    )  # fmt: skip


def uploads_of(sub_fund: SubFund, end: date) -> QuerySet[Upload]:
    """What was handed in on the quarter, the latest first."""
    return sub_fund.uploads.filter(end_date=end).select_related("uploaded_by", "ended_by").order_by("-id")


def upload_of(public_id: UUID) -> Upload | None:
    rows = Upload.objects.select_related("sub_fund__programme__cluster", "sub_fund__manager", "uploaded_by", "ended_by")
    return rows.filter(public_id=public_id).first()


def applied(sub_fund: SubFund, end: date) -> Upload | None:
    """The report that stands for the quarter: the last one applied."""
    return sub_fund.uploads.filter(end_date=end, status=UploadStatus.APPLIED).order_by("id").last()


def standing_breaks(sub_fund: SubFund, end: date) -> dict[tuple[str, str], Break]:
    """The differences of the quarter's report that nobody resolved, by figure and subject."""
    rows = Break.objects.filter(sub_fund=sub_fund, kind=BreakKind.REPORT, on_date=end)
    return {(row.figure, row.subject): row for row in rows.exclude(status=BreakStatus.RESOLVED)}


def breaks_of(sub_fund: SubFund, end: date) -> QuerySet[Break]:
    """Every difference of the quarter's report, the latest first."""
    return Break.objects.filter(sub_fund=sub_fund, kind=BreakKind.REPORT, on_date=end).select_related("judged_by")


def state_of(rows: Iterable[tuple[int, date, str]]) -> dict[tuple[int, date], str]:
    """By sub-fund and quarter: applied once a report was, else the status of an open one."""
    made: dict[tuple[int, date], str] = {}
    for sub_fund, end, status in rows:
        if status == UploadStatus.APPLIED or (status != UploadStatus.REFUSED and (sub_fund, end) not in made):
            made[sub_fund, end] = status
    return made
