"""The programme ``event`` (행사 지원): what intake asks of this room, inside the deciding transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.core.money import won
from portal.intake.blocks import BlockKind, Integer
from portal.intake.queries import by_receipt
from portal.intake.registry import EligibilityCheck, Fit, Problem, Text
from portal.mice import queries, rules
from portal.mice.models import Award, AwardPlan, SupportTerms
from portal.mice.services import cancel_award, decide_award


class SupportAmount(Integer):
    """How many won of support are asked for."""

    name = _("지원 신청액(원)")


class EventProgramme:
    """Competitions for the support of events. A selected application becomes an award in the publishing transaction."""

    code = "event"
    room = "event"
    words: Mapping[str, Text] = {"FULFILLED": _("협약완료")}
    blocks: Mapping[str, type[BlockKind]] = {"support_amount": SupportAmount}
    rules: Mapping[str, EligibilityCheck] = {}

    def check_call(self, version: Any) -> list[Problem]:
        """A call awards out of an envelope with money left."""
        terms = queries.terms_of(version.call)
        if terms is None:
            return [Problem(_("지원조건(지원사업과 예산한도)을 먼저 정해 주십시오."))]
        if terms.envelope.left < 1:
            return [Problem(_("예산한도에 남은 금액이 없습니다."))]
        return []

    def preview(self, decision: Any) -> list[Problem]:
        """Every line that the cap of its edition or the envelope would refuse, in the order in which they are decided."""
        terms = queries.terms_of(decision.call)
        if terms is None:
            return [Problem(_("지원조건이 없어 교부할 수 없습니다."))]
        lines = decision.lines.filter(outcome="SELECTED").select_related("application")
        chosen = list(lines.order_by("place", "track__order", *by_receipt("application__")))
        return _objections(chosen, queries.plans_of(line.application_id for line in chosen), terms)

    def published(self, line: Any, *, by: Any, now: datetime) -> None:
        """The award as it was planned; raising undoes the whole publication."""
        terms = queries.terms_of(line.application.call)
        assert terms is not None
        plan = AwardPlan.objects.select_related("edition").get(application=line.application)
        decide_award(
            application=line.application,
            edition=plan.edition,
            envelope=terms.envelope,
            lines=plan.lines,
            by=_deciding(by, terms),
            now=now,
        )

    def fits(self, entry: Any, freed: Any) -> Fit:
        """Whether cap and envelope leave what was planned for the reserve."""
        terms = queries.terms_of(entry.application.call)
        plan = queries.plans_of([entry.application.pk]).get(entry.application.pk)
        if terms is None or plan is None:
            return Fit(ok=False, reason=_("교부안이 없습니다."))
        if queries.is_in_question(plan.edition):
            return Fit(ok=False, reason=_("같은 회차인지 확인하고 있는 행사입니다."))
        left = min(plan.edition.left, terms.envelope.left)
        if plan.amount > left:
            reason = _("남은 한도가 %(left)s이어서 교부할 수 없습니다.") % {"left": won(left)}
            return Fit(ok=False, reason=reason)
        return Fit(ok=True)

    def left(self, application: Any, *, why: str, by: Any, now: datetime) -> None:
        """The award is cancelled; none yet, nothing to do."""
        award = Award.objects.filter(application=application).select_related("programme").first()
        if award is not None:
            cancel_award(award=award, by=log.SYSTEM, now=now, reason=why)


def _objections(chosen: Sequence[Any], plans: Mapping[int, AwardPlan], terms: SupportTerms) -> list[Problem]:
    used: defaultdict[int, int] = defaultdict(int)
    spent, problems = 0, []
    for line in chosen:
        plan, number = plans.get(line.application_id), {"number": str(line.application)}
        if plan is None:
            problems.append(Problem(_("접수번호 %(number)s: 교부안이 없습니다.") % number))
            continue
        if queries.is_in_question(plan.edition):
            problems.append(Problem(_("접수번호 %(number)s: 같은 회차인지 먼저 확인해 주십시오.") % number))
        room, money = plan.edition.left - used[plan.edition_id], terms.envelope.left - spent
        if plan.amount > room:
            text = _("접수번호 %(number)s: 행사 회차의 한도를 넘습니다(남은 한도 %(left)s).")
            problems.append(Problem(text % {**number, "left": won(max(room, 0))}))
        elif plan.amount > money:
            text = _("접수번호 %(number)s: 예산한도를 넘습니다(남은 예산 %(left)s).")
            problems.append(Problem(text % {**number, "left": won(max(money, 0))}))
        used[plan.edition_id] += plan.amount
        spent += plan.amount
    return problems


def _deciding(by: Any, terms: SupportTerms) -> Any:
    """The approver who publishes; a reserve called because another left is awarded by the system."""
    if by is log.SYSTEM or not rules.can_decide_award(by, terms.envelope.programme):
        return log.SYSTEM
    return by


EVENT = EventProgramme()
