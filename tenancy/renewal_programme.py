"""The programme ``space-renewal`` (연장평가): another term for tenants, by panel, conflicts, reasons and appeal as any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import User
from portal.accounts.queries import is_master
from portal.accounts.roles import COMPANY_MASTER
from portal.intake.blocks import BlockKind
from portal.intake.checks import sent_answers
from portal.intake.enums import Finding
from portal.intake.registry import EligibilityCheck, Fit, Found, Problem, Text
from tenancy.enums import LeaseStatus
from tenancy.models import Lease, RenewalReview
from tenancy.reasons import FIGURES
from tenancy.services.renewal_panel import (
    PROGRAMME,
    check_invited,
    enter_renewal,
    grant_by_panel,
    leave_renewal,
    refuse_by_panel,
)


def no_arrears(application: Any, parameters: Mapping[str, Any], on: date) -> Found:
    """Rent is paid: no case of arrears is open on a lease in use."""
    leases = Lease.objects.filter(organisation=application.organisation, status=LeaseStatus.ACTIVE)
    if not leases.filter(arrears__status__in=_OPEN).exists():
        return Found("0", Finding.PASS, str(_("수납 내역")))
    return Found("1", Finding.FAIL, str(_("수납 내역")), _("미납된 임대료가 있어 연장할 수 없습니다."))


_OPEN = ("OPEN", "REMINDED", "DEMANDED", "FINAL_NOTICE", "PLAN", "TERMINATING")


class RenewalProgramme:
    """Evaluations for another term: by invitation, without a reserve, for everybody who passes."""

    code = PROGRAMME
    room = "space"
    words: Mapping[str, Text] = {
        "SELECTED": _("연장 승인"),
        "NOT_SELECTED": _("연장 불승인"),
        "FULFILLED": _("연장 체결"),
    }
    blocks: Mapping[str, type[BlockKind]] = {}
    rules: Mapping[str, EligibilityCheck] = {"no_arrears": no_arrears}

    def check_call(self, version: Any) -> list[Problem]:
        """One hub, nobody in reserve, and the figures asked for."""
        problems = []
        if len(version.call.hubs) != 1:
            problems.append(Problem(_("연장평가 공고는 거점 하나에 대해서만 낼 수 있습니다.")))
        if version.call.tracks.filter(reserve__gt=0).exists():
            problems.append(Problem(_("연장평가에는 예비를 둘 수 없습니다. 예비 수를 0으로 적어 주십시오.")))
        asked = {block.get("code") for page in version.form.get("sections", ()) for block in page.get("blocks", ())}
        if missing := [code for code in FIGURES if code not in asked]:
            text = _("신청서식에 없는 실적 문항이 있습니다: %(codes)s")
            problems.append(Problem(text % {"codes": ", ".join(missing)}, blocking=False))
        return problems

    def preview(self, decision: Any) -> list[Problem]:
        """Names who could not sign as things stand."""
        problems = []
        lines = decision.lines.filter(outcome="SELECTED").select_related("application")
        for line in lines.order_by("place", "pk"):
            review = RenewalReview.objects.filter(application=line.application).select_related("lease").first()
            if review is None or review.lease.status != LeaseStatus.ACTIVE:
                text = _("접수번호 %(number)s: 입주 중인 계약이 없습니다.")
                problems.append(Problem(text % {"number": str(line.application)}, blocking=review is None))
        return problems

    def published(self, line: Any, *, by: Any, now: datetime) -> None:
        grant_by_panel(
            application=line.application, decided_by=_person(line, by), by=_acting(by, line.application), now=now
        )

    def refused(self, line: Any, *, by: Any, now: datetime) -> None:
        refuse_by_panel(
            application=line.application,
            reason=" ".join(reason["ko"] for reason in line.reasons),
            decided_by=_person(line, by),
            by=_acting(by, line.application),
            now=now,
        )

    def fits(self, entry: Any, freed: Any) -> Fit:
        """Whoever passes stays: a place of the call is a tenant's own, and an appeal leads to it through the reserve."""
        return Fit(ok=True)

    def left(self, application: Any, *, why: str, by: Any, now: datetime) -> None:
        leave_renewal(application=application, by=_acting(by, application), now=now)

    def check_invited(self, call: Any, organisation: Any, *, now: datetime) -> None:
        check_invited(call=call, organisation=organisation, now=now)

    def submitted(self, application: Any, *, by: Any, now: datetime) -> None:
        enter_renewal(application=application, answers=sent_answers(application), by=by, now=now)


def _person(line: Any, by: Any) -> User:
    """Who stands for the result: whoever published it, or decided it where the clock acts."""
    if by is log.SYSTEM:
        decided: User = line.decision.decided_by
        return decided
    person: User = by
    return person


def _acting(by: Any, application: Any) -> Any:
    if by is log.SYSTEM:
        return by
    return by.acting_as(COMPANY_MASTER if is_master(by, application.organisation) else "space.approver")


SPACE_RENEWAL = RenewalProgramme()
