"""A manager's quarter in a rehearsal: a file given up, one applied with a difference, its correction that resolves it."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from django.core.files.base import ContentFile
from openpyxl import load_workbook

from fund import queries, services
from fund.enums import BreakStatus
from fund.models import SubFund, Upload
from fund.rehearsal.life import Life, at
from fund.workbook.layout import BALANCES, HOLDINGS, TOTALS
from fund.workbook.writing import Named, template

_END, _SEEN = date(2021, 9, 30), date(2021, 11, 1)


def play(life: Life, fund: SubFund) -> None:
    """The third quarter of 2021 of one sub-fund."""
    membership = fund.manager.memberships.first()
    assert membership is not None
    by, now = membership.user, at(_SEEN)
    services.close_upload(upload=_hand_in(fund, 2), by=by, now=now)
    first = _hand_in(fund, 1)
    services.apply_upload(upload=first, digest_seen=first.digest, by=by, now=now)
    found = first.breaks.get()
    services.judge_break(
        found=found, to=BreakStatus.EXPLAINED, reason="입금일이 다릅니다", by=life.manager, now=at(_SEEN)
    )
    second = _hand_in(fund, 0, reason="현금 잔액을 바로잡습니다")
    services.apply_upload(upload=second, digest_seen=second.digest, by=by, now=now)


def _hand_in(fund: SubFund, more: int, reason: str = "") -> Upload:
    membership = fund.manager.memberships.first()
    assert membership is not None
    content = ContentFile(_filled(fund, more), name="report.xlsx")
    return services.receive_upload(
        sub_fund=fund, end=_END, content=content, by=membership.user, now=at(_SEEN), reason=reason
    )


def _filled(fund: SubFund, more: int) -> bytes:
    """The template as a manager returns it who sees every asset at its cost, and so much more cash than the books."""
    known = queries.filing.known(fund, _END)
    book = load_workbook(BytesIO(template(known, Named(fund.name_ko, str(fund.manager)))))
    for row, asset in enumerate(known.assets.values(), start=2):
        for code, value in (("value", asset.cost), ("method", "ROUND"), ("level", 3), ("evidence", "취득원가")):
            book[HOLDINGS.title].cell(row, HOLDINGS.place(code) + 1, value)
    for row, code in enumerate(BALANCES, start=2):
        amount = known.balances[code] + (more if code == "CASH" else 0)
        book[TOTALS.title].cell(row, TOTALS.place("amount") + 1, amount)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
