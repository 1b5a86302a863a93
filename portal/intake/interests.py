"""제척 by what is known of an evaluator's ties: which reasons exclude from a company. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.core.periods import add_months
from portal.intake.blind import plain
from portal.intake.enums import InterestKind

_YEARS_OF_EMPLOYMENT = 2


@dataclass(frozen=True, slots=True)
class Tie:
    """One tie to a company (by business number) or to a representative (by name); ``until``: its last day, or None."""

    kind: str
    to: str
    until: str | None = None
    share_bp: int = 0


def entered(
    employers: Mapping[str, str | None],
    shareholdings: Mapping[str, int | Mapping[str, Any]],
    ties: Mapping[str, Mapping[str, Any]],
) -> Iterator[Tie]:
    """The ties that the desk entered in the pool, in the shapes of ``Evaluator``."""
    for to, until in employers.items():
        yield Tie(InterestKind.EMPLOYER, to, until)
    for to, holding in shareholdings.items():
        share: Mapping[str, Any] = {"bp": holding} if isinstance(holding, int) else holding
        yield Tie(InterestKind.SHARE, to, share.get("until"), int(share["bp"]))
    for to, tie in ties.items():
        yield Tie(str(tie.get("kind", "")), to, tie.get("until"))


def excluding(
    ties: Collection[Tie], *, numbers: Collection[str], representative: str, share_bp: int, on: date
) -> Iterator[str]:
    """Every reason by which the ties exclude from a company with these numbers (its own, its parents', its subsidiaries').

    Family excludes for good, shares over ``share_bp`` while they are held, anything else for two years after its end.
    """
    recent = add_months(on, -12 * _YEARS_OF_EMPLOYMENT).isoformat()
    named = {*numbers, plain(representative)} - {""}
    near = [tie for tie in ties if {tie.to, plain(tie.to)} & named]
    if any(tie.kind == InterestKind.EMPLOYER and _lasts(tie, recent) for tie in near):
        yield _("2년 이내 신청 기업(관계 기업 포함)에 재직")
    if any(tie.kind == InterestKind.SHARE and _lasts(tie, on.isoformat()) and tie.share_bp > share_bp for tie in near):
        yield _("기준을 넘는 지분 보유")
    others = [tie for tie in near if tie.kind not in (InterestKind.EMPLOYER, InterestKind.SHARE)]
    if any(tie.kind == InterestKind.FAMILY or _lasts(tie, recent) for tie in others):
        yield _("신고된 친족·자문·투자 관계")


def _lasts(tie: Tie, since: str) -> bool:
    """Whether the tie lasts, or ended on that day or later."""
    return tie.until is None or tie.until >= since
