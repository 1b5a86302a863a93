"""자격검토: findings by rule and by hand, supplements, and the decision that tells all together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import Invalid
from portal.intake import blocks, checks, queries, rules
from portal.intake.enums import ApplicationStatus, DecisionKind, Finding, Outcome, ResultStatus
from portal.intake.models import Application, Call, Decision, DecisionLine, EligibilityFinding
from portal.intake.services import telling
from portal.intake.services.acting import person

#: The built-in rules as people read them; a programme's own show their code.
_NAMES = {
    "company_age": gettext_lazy("업력"),
    "business_status": gettext_lazy("사업자 상태"),
    "tax_clear": gettext_lazy("국세·지방세 완납"),
    "no_default": gettext_lazy("금융 채무불이행 없음"),
    "excluded_business": gettext_lazy("제외 업종"),
    "location": gettext_lazy("소재지"),
    "other_public_space": gettext_lazy("다른 공공공간 입주"),
    "registers_within": gettext_lazy("사업자등록"),
    "already_supported": gettext_lazy("중복 지원"),
    "single_entry": gettext_lazy("같은 대표자·기업명의 신청"),
}


def rule_name(rule: str) -> str:
    """The rule as people read it."""
    return str(_NAMES.get(rule, rule))


def rule_in_words(row: Mapping[str, Any]) -> str:
    """A rule of a call with what it asks for, as the public reads it."""
    parameters = row.get("parameters", {})
    if row["rule"] == "company_age":
        return _("설립 %(years)s년 이내") % {"years": parameters["years"]}
    if row["rule"] == "location":
        return _("소재지: %(places)s") % {"places": ", ".join(parameters["prefixes"])}
    return rule_name(row["rule"])


@transaction.atomic
def record_findings(*, call: Call, by: Any, now: datetime) -> int:
    """Run every rule of the call on every application waiting; returns how many findings were added.

    A finding equal to the one that counts is not repeated, and one made by hand is never overruled by the machine.
    """
    rules.check_can_run(by, call)
    version = call.current
    assert version is not None
    known, last, made = {**checks.CHECKS, **call.rules.rules}, queries.last_findings(call), []
    sent = {revision.application_id: revision.content for revision in queries.last_revisions(call)}
    waiting = call.applications.filter(status=ApplicationStatus.SUBMITTED).select_related("organisation", "track")
    for application in waiting.order_by(*queries.by_receipt()):
        application.call, application.sent_content = call, sent.get(application.pk, {})  # type: ignore[attr-defined]
        for row in version.eligibility:
            before = last.get(application.pk, {}).get(row["rule"])
            finding = _run(application, row, known[row["rule"]], version.number, now)
            if before is None or (before.found_by_id is None and not _same(before, finding)):
                made.append(finding)
    EligibilityFinding.objects.bulk_create(made)
    return len(made)


def _run(
    application: Application, row: Mapping[str, Any], check: Any, version: int, now: datetime
) -> EligibilityFinding:
    parameters = row.get("parameters", {})
    found = check(application, parameters, checks.counting_day(application, parameters))
    return EligibilityFinding(
        application=application,
        rule=row["rule"],
        version=version,
        value=found.value,
        evidence=found.evidence,
        outcome=found.outcome,
        sentence=blocks.both(found.sentence) if found.sentence else {},
        found_at=now,
    )


def _same(before: EligibilityFinding, after: EligibilityFinding) -> bool:
    return (before.value, before.outcome, before.sentence) == (after.value, after.outcome, after.sentence)


@transaction.atomic
def record_finding(
    *,
    application: Application,
    rule: str,
    outcome: Finding | str,
    evidence: str,
    by: Any,
    now: datetime,
    value: str = "",
    sentence: str = "",
) -> EligibilityFinding:
    """An officer's finding, with its evidence; a FAIL needs a sentence for the applicant."""
    rules.check_can_judge_eligibility(by, application)
    version = application.call.current
    if version is None or rule not in {row["rule"] for row in version.eligibility}:
        raise Invalid(_("이 공고에 없는 자격요건입니다."), field="rule")
    if not evidence.strip():
        raise Invalid(_("판단의 근거를 적어 주십시오."), field="evidence")
    if outcome == Finding.FAIL and not sentence.strip():
        raise Invalid(_("부적합 사유를 신청 기업에 알릴 문장으로 적어 주십시오."), field="sentence")
    return EligibilityFinding.objects.create(
        application=application,
        rule=rule,
        version=version.number,
        value=value,
        evidence=evidence.strip(),
        outcome=outcome,
        sentence={"ko": sentence.strip()} if sentence.strip() else {},
        found_by=person(by),
        found_at=now,
    )


@transaction.atomic
def prepare_eligibility(*, call: Call, by: Any, now: datetime) -> Decision:
    """자격검토 결과, as a draft: eligible when every rule passes, else refused with the failing sentences.

    Raises ``Invalid`` while a rule lacks a clear finding or a supplement is open.
    """
    rules.check_can_run(by, call)
    version = call.current
    assert version is not None
    waiting = queries.unsettled_findings(call, [row["rule"] for row in version.eligibility])
    if waiting:
        raise Invalid(_("자격을 아직 판단하지 않은 신청서가 %(n)s건 있습니다.") % {"n": len(waiting)})
    if call.applications.filter(status=ApplicationStatus.SUPPLEMENT).exists():
        raise Invalid(_("보완 중인 신청서가 있습니다."))
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    drafts = Decision.objects.filter(call=call, kind=DecisionKind.ELIGIBILITY, status=ResultStatus.DRAFT)
    DecisionLine.objects.filter(decision__in=drafts).delete()
    drafts.delete()
    if Decision.objects.filter(call=call, kind=DecisionKind.ELIGIBILITY).exists():
        raise Invalid(_("이미 결정한 결과가 있습니다."))
    decision = Decision.objects.create(call=call, kind=DecisionKind.ELIGIBILITY, prepared_by=by, prepared_at=now)
    found = queries.last_findings(call)
    asked = call.applications.filter(status=ApplicationStatus.SUBMITTED).select_related("track")
    applications = asked.order_by(*queries.by_receipt())
    DecisionLine.objects.bulk_create(
        _line(decision, application, list(found.get(application.pk, {}).values())) for application in applications
    )
    telling.result_prepared(decision)
    return decision


def _line(decision: Decision, application: Application, findings: list[EligibilityFinding]) -> DecisionLine:
    failed = [finding for finding in findings if finding.outcome == Finding.FAIL]
    return DecisionLine(
        decision=decision,
        application=application,
        track=application.track,
        outcome=Outcome.INELIGIBLE if failed else Outcome.ELIGIBLE,
        passed=not failed,
        reasons=[{"code": finding.rule, **finding.sentence} for finding in failed],
    )
