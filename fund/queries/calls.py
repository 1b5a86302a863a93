"""What each partner would owe of a call: the preview, and the shares when it is issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from fund import capital
from fund.enums import CallStatus, CommitmentStatus, ShareStatus
from fund.models import CallShare, CapitalCall, Commitment, SubFund
from portal.core.errors import Invalid

#: A call in one of these was sent to the partners and stands.
IN_FORCE = [CallStatus.ISSUED, CallStatus.PART_PAID, CallStatus.FUNDED, CallStatus.CLOSED]


@dataclass(frozen=True, slots=True)
class Share:
    """One partner's part of a call that is being prepared, in minor units."""

    commitment: Commitment
    inside: int
    outside: int

    @property
    def amount(self) -> int:
        return self.inside + self.outside

    @property
    def unfunded_after(self) -> int:
        return self.commitment.unfunded - self.inside


def calls_in_force(sub_fund: SubFund) -> QuerySet[CapitalCall]:
    return sub_fund.calls.filter(status__in=IN_FORCE).order_by("due_date", "number")


def calls_of(sub_fund: SubFund) -> QuerySet[CapitalCall]:
    """Every call, the latest first."""
    return sub_fund.calls.prefetch_related("lines", "shares").order_by("-number")


def open_calls(sub_funds: Sequence[SubFund]) -> QuerySet[CapitalCall]:
    """Calls that wait for somebody, the earliest day first."""
    waiting = [CallStatus.DRAFT, CallStatus.APPROVED, CallStatus.ISSUED, CallStatus.PART_PAID]
    found = CapitalCall.objects.filter(sub_fund__in=sub_funds, status__in=waiting)
    return found.select_related("sub_fund").prefetch_related("lines", "shares").order_by("due_date", "id")


def inside_of(call: CapitalCall) -> int:
    """What the present revision asks for inside the commitments."""
    return sum(line.amount for line in call.lines.filter(revision=call.revision, inside=True))


def shares_of(call: CapitalCall) -> QuerySet[CallShare]:
    """The shares of the present revision, with their partners."""
    found = call.shares.filter(revision=call.revision)
    return found.select_related("commitment__partner__organisation").order_by("commitment_id")


def shares(sub_fund: SubFund, *, inside: int, outside: int = 0) -> list[Share]:
    """Every partner's share to the won; ``Invalid`` says what does not work about the amounts."""
    partners = list(
        sub_fund.commitments.filter(status=CommitmentStatus.ACTIVE).select_related("partner").order_by("id")
    )
    if not partners or inside < 0 or outside < 0 or not inside + outside:
        raise Invalid(_("요청할 금액을 적어 주십시오. 효력이 있는 약정이 하나 이상 있어야 합니다."))
    within = _parts(inside, partners, _called(partners, sub_fund, "inside")) if inside else [0] * len(partners)
    beyond = _parts(outside, partners, _called(partners, sub_fund, "outside")) if outside else [0] * len(partners)
    made = [Share(*parts) for parts in zip(partners, within, beyond, strict=True)]
    for share in made:
        if share.inside > share.commitment.unfunded:
            raise Invalid(
                _("%(partner)s의 몫 %(share)s원이 미납입 약정 %(left)s원보다 많습니다.")
                % {
                    "partner": share.commitment.partner,
                    "share": f"{share.inside:,}",
                    "left": f"{share.commitment.unfunded:,}",
                }
            )
    return made


def _parts(amount: int, partners: Sequence[Commitment], already: Sequence[int]) -> list[int]:
    units = [commitment.units for commitment in partners]
    try:
        parts = capital.call_shares(amount, units, already)
    except ValueError:
        raise Invalid(_("금액이 너무 작아 가장 작은 단위가 되지 않는 몫이 있습니다.")) from None
    if min(parts) < 0:
        raise Invalid(_("먼저 낸 출자자와의 차이를 맞추기에 금액이 너무 작습니다."))
    return parts


def _called(partners: Sequence[Commitment], sub_fund: SubFund, side: str) -> list[int]:
    """What each was called for so far on this same set of partners; another set keeps a running total of its own."""
    everybody = sub_fund.commitments.filter(close__isnull=False).count()
    if side == "inside" and everybody == len(partners):
        return [commitment.called_inside for commitment in partners]
    asked: dict[int, dict[int, int]] = {}
    rows = (
        CallShare.objects.filter(call__sub_fund=sub_fund)
        .exclude(status=ShareStatus.VOID)
        .values("call", "commitment")
        .annotate(total=Sum(side))
    )
    for row in rows:
        asked.setdefault(row["call"], {})[row["commitment"]] = int(row["total"])
    ours = {commitment.pk for commitment in partners}
    same = [call for call in asked.values() if call.keys() == ours]
    return [sum(call[commitment.pk] for call in same) for commitment in partners]
