"""What an applied report leaves behind: values submitted, vouchers proposed, differences opened and resolved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import BreakKind, BreakStatus, Reconciled, ValuationStatus
from fund.models import Break, Holding, Settlement, SubFund, Upload, Valuation
from fund.queries.settlements import Worked
from fund.services.settlements import fee_period
from fund.services.valuations import seal
from fund.workbook.comparing import Compared, Row
from fund.workbook.layout import EXPENSES, HOLDINGS, TOTALS
from fund.workflow import BREAK, VALUATION
from ledger import log
from portal.core.errors import Invalid, Refused
from portal.core.transition import advance
from portal.intake.canonical import digest

_LEFT = 32_767


def take(upload: Upload, compared: Compared, *, by: Any, acting: Any, now: datetime) -> None:
    """Write what the file says. The caller holds the locks of the books and has looked that nothing is refused."""
    rows = compared.rows
    _values([row for row in rows if row.sheet == HOLDINGS.code and row.does != "SAME"], upload, by, acting)
    _vouchers([row for row in rows if row.sheet == EXPENSES.code and row.does == "NEW"], upload, by)
    _breaks(rows, upload, by, acting, now)


def _values(rows: list[Row], upload: Upload, by: Any, acting: Any) -> None:
    """A value that nobody judged yet is put right; a published one is followed by another that waits for its judgement."""
    holdings = {str(one.public_id): one for one in Holding.objects.filter(public_id__in=[row.key for row in rows])}
    filed = Valuation.objects.filter(holding__in=holdings.values(), on_date=upload.end_date)
    open_rows = {row.holding_id: row for row in filed.filter(status__in=["SUBMITTED", "CHALLENGED"]).order_by("id")}
    for row in rows:
        said, holding = row.values, holdings[row.key]
        fields = {
            "amount": said["value"], "method": said["method"], "level": int(said["level"]), "evidence": said["evidence"],
            "evidence_hash": seal(said["evidence"]), "submitted_by": by, "upload": upload,
        }  # fmt: skip
        private = {"value": str(said["value"])}
        if holding.pk in open_rows:
            data = {"evidence": fields["evidence_hash"]}
            changes = {**fields, "motion": None}
            advance(
                open_rows[holding.pk], ValuationStatus.SUBMITTED, by=acting, steps=VALUATION, changes=changes,
                data=data, private=private,
            )  # fmt: skip
            continue
        made = Valuation.objects.create(holding=holding, on_date=upload.end_date, **fields)
        data = {"on": upload.end_date, "evidence": fields["evidence_hash"]}
        log.append("fund.valuation.submitted", row=made, by=acting, data=data, private=private)


def _vouchers(rows: list[Row], upload: Upload, by: Any) -> None:
    """Each as somebody would propose it on the form; a fee is what the agreement says, whatever the manager says."""
    last = upload.sub_fund.settlements.aggregate(last=Max("number"))["last"] or 0
    if last + len(rows) > _LEFT:
        raise Refused(_("이 자펀드의 정산 번호가 모두 쓰였습니다. 운영자에게 알려 주십시오."))
    made = []
    for number, row in enumerate(rows, start=last + 1):
        said = row.values
        period = fee_period(said["kind"], said.get("start"), said.get("until"))
        worked = _work_out(upload.sub_fund, row, period)
        made.append(
            Settlement(
                sub_fund=upload.sub_fund, number=number, kind=said["kind"], amount=worked.amount, on_date=said["on"],
                period=period, note=said.get("note") or "", voucher=row.key, upload=upload, run=worked.run(),
                inputs_hash=digest(worked.inputs), proposed_by=by,
            )
        )  # fmt: skip
    Settlement.objects.bulk_create(made, batch_size=500)


def _work_out(sub_fund: SubFund, row: Row, period: DateRange | None) -> Worked:
    said = row.values
    return queries.settlements.work_out(sub_fund, said["kind"], on=said["on"], period=period, amount=said["amount"])


def _breaks(rows: list[Row], upload: Upload, by: Any, acting: Any, now: datetime) -> None:
    """One for each thing that differs; what stood before and agrees now, or differs otherwise, is resolved."""
    found = {key: row for row in rows if row.ours is not None and (key := _thing(row))}
    standing = queries.filing.standing_breaks(upload.sub_fund, upload.end_date)
    for key, one in standing.items():
        row = found.get(key)
        if row is not None and (row.ours, row.theirs) == (one.ours, one.theirs):
            del found[key]
            continue
        _resolve(one, by, acting, now, "새로 반영한 보고에서 달라졌습니다.")
    for (figure, subject), row in found.items():
        assert row.ours is not None
        assert row.theirs is not None
        made = Break.objects.create(
            sub_fund=upload.sub_fund, kind=BreakKind.REPORT, figure=figure, subject=subject, on_date=upload.end_date,
            upload=upload, ours=row.ours, theirs=row.theirs, opened_at=now,
        )  # fmt: skip
        data, private = (
            {"to": made.status, "on": made.on_date, "figure": figure},
            {"sides": f"{made.ours} {made.theirs} {subject}"},
        )
        log.append("fund.break.opened", row=made, by=acting, data=data, private=private)


def _thing(row: Row) -> tuple[str, str]:
    """The figure and the subject under which a difference of this row is known."""
    if row.sheet == TOTALS.code:
        return row.key, ""
    return (Reconciled.HOLDING if row.sheet == HOLDINGS.code else Reconciled.VOUCHER), row.key


def _resolve(one: Break, by: Any, acting: Any, now: datetime, reason: str) -> None:
    changes = {"reason": reason, "judged_by": by, "judged_at": now}
    advance(one, BreakStatus.RESOLVED, by=acting, steps=BREAK, reason=reason, changes=changes)


@transaction.atomic
def judge_break(*, found: Break, to: str, reason: str, by: Any, now: datetime) -> None:
    """Explain a difference (it stands, with its reason) or resolve it. ``to`` is a word of ``BreakStatus``."""
    acting = by.acting_as(rules.check_can_judge_break(by, found))
    kept = reason.strip()
    if not kept or len(kept) > 400:
        raise Invalid(_("이유를 400자 안으로 적어 주십시오."), field="reason")
    changes = {"reason": kept, "judged_by": by, "judged_at": now}
    advance(found, to, by=acting, steps=BREAK, reason=kept, changes=changes)
