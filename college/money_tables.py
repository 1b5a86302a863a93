"""Fees and refunds as rows and tables of the shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from college import tables
from college.enums import EnrolmentStatus, RefundRule, RefundStatus
from college.models import Enrolment, Payment, Refund
from college.queries import OPEN_REFUNDS
from college.reckoning import Sum
from college.tables import day, instant
from portal.core import money
from portal.core.periods import SEOUL
from portal.core.ui import parts
from portal.core.ui.parts import Column, Figure, Row, Table

TONES: dict[str, parts.Tone] = {
    **tables.TONES,
    RefundStatus.APPROVED: "info",
    RefundStatus.PAID: "success",
}


def won(amount: int) -> str:
    """An amount in the reader's language."""
    return money.won(amount, get_language() or "ko")


def status(seat: Enrolment, refund: Refund | None) -> str:
    """What stands at the head of a page of one seat's money."""
    state = refund.get_status_display() if refund else ""
    return _("환불 %(state)s") % {"state": state} if refund else str(seat.get_status_display())


def refund_rows(refund: Refund | None, *, people: bool = False) -> list[Row]:
    """How far a refund is; ``people`` names who did what, for the office."""
    if refund is None:
        return []
    known = [
        (_("환불 까닭"), str(refund.get_cause_display())),
        (_("그만둔 때"), instant(refund.caused_at)),
        (_("지급 기한"), day(refund.due_on)),
        (_("환불액"), won(refund.amount_won) if refund.amount_won is not None else _("산정하고 있습니다.")),
        (_("법정 환불액"), won(refund.share_won or 0) if refund.note else ""),
        (_("더 돌려주는 이유"), refund.note),
        (_("산정"), str(refund.calculated_by or "") if people else ""),
        (_("승인"), str(refund.decided_by or "") if people else ""),
        (_("지급"), instant(refund.paid_at)),
    ]
    return [Row(label, value) for label, value in known if value]


def sums(found: Sequence[Sum]) -> Table:
    """How the sum came about, the one that counts first."""
    return Table(
        caption=_("환불액을 셈한 방법"),
        columns=[Column(_("적용한 기준")), Column(_("셈")), Column(_("환불액"), number=True)],
        rows=[[RefundRule(one.rule).label, _numbers(one), won(one.won)] for one in found],
    )


def _numbers(one: Sum) -> str:
    """What went in, in words: hours taught, days left, the month."""
    given = one.numbers
    if one.rule == RefundRule.PRO_RATA:
        return _("전체 %(total)s일 가운데 %(remaining)s일 남음") % given
    hours = {"used": _hours(given["used"]), "total": _hours(given["total"])}
    if one.rule == RefundRule.BY_PERIOD:
        return _("수업 %(total)s시간 가운데 %(used)s시간 지남") % hours
    months = {"month": given["month"] + 1, "months": len(given["fees"])}
    return _("%(months)s달 가운데 %(month)s번째 달, 그달 수업 %(total)s시간 가운데 %(used)s시간 지남") % {
        **hours,
        **months,
    }


def _hours(minutes: int) -> str:
    """Hours, to a tenth where they are not whole."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}.{rest * 10 // 60}" if rest else str(whole)


def _payment(seat: Enrolment) -> Payment | None:
    return getattr(seat, "payment", None)


def refund_of(seat: Enrolment) -> Refund | None:
    """The refund of a seat, as it came with the seat."""
    return getattr(_payment(seat), "refund", None)


def totals(seats: Sequence[Enrolment]) -> list[Figure]:
    """What the run took in and gave back."""
    payments = [one for one in map(_payment, seats) if one]
    refunds = [one for one in map(refund_of, seats) if one]
    return [
        Figure(_("받을 사람"), sum(one.status == EnrolmentStatus.HELD for one in seats), pgettext("단위", "명")),
        Figure(_("받은 수강료"), won(sum(one.amount_won for one in payments))),
        Figure(_("돌려준 수강료"), won(sum(one.amount_won or 0 for one in refunds if one.status == RefundStatus.PAID))),
        Figure(_("처리할 환불"), sum(one.status in OPEN_REFUNDS for one in refunds), pgettext("단위", "건")),
    ]


def seats(found: Sequence[Enrolment], now: datetime) -> Table:
    """One row for each seat with a fee."""
    return Table(
        caption=_("수강료와 환불"),
        columns=[
            Column(_("교육생")),
            Column(_("수강")),
            Column(_("납부")),
            Column(_("환불")),
            Column(_("환불액"), number=True),
            Column(_("지급 기한")),
        ],
        rows=[_seat(seat, now) for seat in found],
        empty=_("아직 자리를 받은 사람이 없습니다."),
    )


def _seat(seat: Enrolment, now: datetime) -> list[object]:
    payment, refund = _payment(seat), refund_of(seat)
    paid = instant(payment.received_at) if payment else _("%(until)s까지") % {"until": instant(seat.pay_by)}
    return [
        parts.link(seat.person.name, reverse("college:office-fee", args=[seat.public_id])),
        parts.badge(seat.get_status_display(), TONES.get(seat.status, "")),
        paid if payment or seat.status == EnrolmentStatus.HELD else "",
        parts.badge(refund.get_status_display(), TONES.get(refund.status, "")) if refund else "",
        won(refund.amount_won) if refund and refund.amount_won is not None else "",
        _due(refund, now) if refund else "",
    ]


def _due(refund: Refund, now: datetime) -> object:
    """The last day to pay, said loudly once it is past."""
    late = refund.status in OPEN_REFUNDS and now.astimezone(SEOUL).date() > refund.due_on
    return parts.badge(_("%(day)s 지남") % {"day": day(refund.due_on)}, "danger") if late else day(refund.due_on)
