"""What was spent: evidence kept once over all awards, reports filed and returned, every line audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import User
from portal.core.amounts import WHOLE_BP
from portal.core.errors import Invalid, Overtaken
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake.services.files import Inspected, inspect_upload
from portal.mice import queries, rules
from portal.mice.enums import AwardStatus
from portal.mice.models import Award, Evidence, EvidenceFile, SettlementLine, SettlementReport
from portal.mice.policy import SupportPolicy
from portal.mice.services.attendance import count_turnout
from portal.mice.services.awards import lock
from portal.mice.settlement import Line, Rules, recognise
from portal.mice.workflow import AWARD

FILE_TYPES = ("pdf", "png", "jpg", "jpeg")
MOST_BYTES = 10 * 2**20


@dataclass(frozen=True, slots=True)
class Spent:
    """One invoice as the organiser enters it, in won."""

    code: str
    supply: int
    vat: int
    paid_on: date
    vendor: str
    evidence: Evidence
    vendor_number: str = ""
    vat_reclaimable: bool = False
    related: bool = False


@transaction.atomic
def keep_evidence(
    *, award: Award, content: File[Any], kind: str, amount: int, by: User, now: datetime, approval_number: str = ""
) -> Evidence:
    """The evidence of an invoice, known by its file and by its approval number: the same again is the same row.

    Another picture of a known invoice is kept beside the first.
    """
    rules.check_can_act_on(by, award)
    found = inspect_upload(content.name or "", content, types=FILE_TYPES, most=MOST_BYTES, field="evidence")
    seen = EvidenceFile.objects.select_related("evidence").filter(sha256=found.sha256).first()
    if seen is not None:
        return seen.evidence
    try:
        with transaction.atomic():
            return _keep(found, content, kind, amount, approval_number, by=by, now=now)
    except IntegrityError as clash:
        raise Overtaken from clash


def _keep(
    found: Inspected, content: File[Any], kind: str, amount: int, approval_number: str, *, by: User, now: datetime
) -> Evidence:
    evidence = Evidence.objects.filter(kind=kind, approval_number=approval_number).exclude(approval_number="").first()
    if evidence is None:
        evidence = Evidence.objects.create(
            sha256=found.sha256, kind=kind, approval_number=approval_number, amount=amount
        )
    content.seek(0)
    row = EvidenceFile(
        evidence=evidence,
        sha256=found.sha256,
        name=found.name,
        size=found.size,
        content_type=found.content_type,
        uploaded_by=by,
        uploaded_at=now,
    )
    row.file.save(found.name, ContentFile(content.read()), save=True)
    return evidence


@transaction.atomic
def share_evidence(*, evidence: Evidence, by: User, award: Award) -> None:
    """One invoice for two awards: an officer lets it count in both, together never above its amount."""
    rules.check_can_audit(by, award)
    Evidence.objects.filter(pk=evidence.pk).update(shared=True, shared_by=by)
    evidence.refresh_from_db()


@transaction.atomic
def mark_held(*, award: Award, by: User, now: datetime) -> None:
    """The event took place; not before its first day."""
    role = rules.check_can_audit(by, award)
    held = lock(award)
    if now.astimezone(SEOUL).date() < held.edition.starts_on:
        raise Invalid(_("행사가 아직 열리지 않았습니다."))
    advance(held, AwardStatus.HELD, by=by.acting_as(role), steps=AWARD)


@transaction.atomic
def file_report(*, award: Award, spent: Sequence[Spent], interest: int, by: User, now: datetime) -> SettlementReport:
    """The master account reports every invoice and the interest the money bore; after a return a new version."""
    role = rules.check_can_sign(by, award)
    held = lock(award)
    if not spent:
        raise Invalid(_("집행내역을 한 줄 이상 적어 주십시오."), field="lines")
    if interest < 0 or any(one.supply < 0 or one.vat < 0 for one in spent):
        raise Invalid(_("금액은 0원 이상이어야 합니다."), field="lines")
    version = held.reports.count() + 1
    report = SettlementReport.objects.create(award=held, version=version, interest=interest, filed_by=by, filed_at=now)
    lines = [_line(report, number, one) for number, one in enumerate(spent, start=1)]
    SettlementLine.objects.bulk_create(lines)
    acting = by.acting_as(role)
    data = {"award": str(held.public_id), "version": version, "spent": sum(line.amount for line in lines)}
    private = {"lines": [[line.code, line.supply, line.vat, line.evidence.sha256] for line in lines]}
    log.append("event.report.filed", row=report, by=acting, data=data, private=private)
    advance(held, AwardStatus.REPORTED, by=acting, steps=AWARD)
    return report


@transaction.atomic
def return_report(*, report: SettlementReport, by: User, reason: str) -> None:
    """Back to the organiser, who reads why and files again."""
    role = rules.check_can_audit(by, report.award)
    award = lock(report.award)
    if not reason.strip():
        raise Invalid(_("보완할 내용을 적어 주십시오."), field="reason")
    if report.version != award.reports.count():
        raise Overtaken
    report.returned_reason = reason.strip()
    report.save(update_fields=["returned_reason"])
    acting = by.acting_as(role)
    data = {"award": str(award.public_id), "version": report.version}
    log.append("event.report.returned", row=report, by=acting, data=data, private={"reason": reason})
    advance(award, AwardStatus.RETURNED, by=acting, steps=AWARD)


@transaction.atomic
def audit_report(
    *, report: SettlementReport, by: User, now: datetime, cuts: Mapping[int, tuple[int, str]] | None = None
) -> SettlementReport:
    """Say of every line what counts: the rules of ``settlement.recognise`` first, then the auditor's own cuts.

    ``cuts``: by line number what is taken off further, in won, and why. A cut above what was left is refused.
    """
    role = rules.check_can_audit(by, report.award)
    award = lock(report.award)
    if award.status not in (AwardStatus.REPORTED, AwardStatus.REOPENED) or report.version != award.reports.count():
        raise Overtaken
    # Held in one order, so that two audits of the same invoice come one after the other.
    list(Evidence.objects.filter(lines__report=report).order_by("pk").select_for_update(no_key=True, of=("self",)))
    lines = list(report.lines.select_related("evidence").order_by("number"))
    found = _recognised(award, report, lines)
    for number, (amount, reason) in (cuts or {}).items():
        _cut(found, number, amount, reason)
    _write(lines, found)
    report.recognised = sum(left for left, _why in found.values())
    report.turnout = dict(count_turnout(award.edition))
    report.audited_by, report.audited_at = by, now
    report.save(update_fields=["recognised", "turnout", "audited_by", "audited_at"])
    spent = sum(line.amount for line in lines)
    data = {"award": str(award.public_id), "version": report.version, "spent": spent, "recognised": report.recognised}
    private = {"cuts": [[number, why] for number, (_left, why) in found.items() if why]}
    acting = by.acting_as(role)
    log.append("event.report.audited", row=report, by=acting, data=data, private=private)
    if award.status == AwardStatus.REPORTED:
        advance(award, AwardStatus.AUDITED, by=acting, steps=AWARD)
    return report


def _recognised(award: Award, report: SettlementReport, lines: Sequence[SettlementLine]) -> dict[int, tuple[int, str]]:
    """By line number: what the rules leave of it, and why not all."""
    policy = SupportPolicy.of(award.policy)
    first = award.decided_at.astimezone(SEOUL).date()
    period = (first, award.edition.ends_on + timedelta(days=policy.report_days + 1))
    budget = {line.code: line.amount * WHOLE_BP // policy.support_rate_bp for line in award.lines.all()}
    given = [
        Line(one.code, one.supply, one.vat, one.vat_reclaimable, one.paid_on, one.evidence.sha256) for one in lines
    ]
    rules_ = Rules(period, budget, policy.move_bp, queries.evidence_of_others(report))
    found = {line.number: (line.amount, "") for line in lines}
    for cut in recognise(given, rules_).cuts:
        left, why = found[cut.line]
        found[cut.line] = (left - cut.amount, ",".join(filter(None, [why, cut.reason])))
    for line in lines:
        left, why = found[line.number]
        room = line.evidence.amount - line.evidence.claimed + (line.recognised or 0)
        if left > room:
            found[line.number] = (max(room, 0), ",".join(filter(None, [why, "shared"])))
    return found


def _cut(found: dict[int, tuple[int, str]], number: int, amount: int, reason: str) -> None:
    if number not in found or not 0 < amount <= found[number][0]:
        raise Invalid(_("{number}번째 줄에서 그만큼 줄일 수 없습니다.").format(number=number), field="cuts")
    if not reason.strip():
        raise Invalid(_("인정하지 않는 까닭을 줄마다 적어 주십시오."), field="cuts")
    left, why = found[number]
    found[number] = (left - amount, "; ".join(filter(None, [why, reason.strip()])))


def _write(lines: Sequence[SettlementLine], found: Mapping[int, tuple[int, str]]) -> None:
    for line in lines:
        before, (line.recognised, line.cut_reason) = line.recognised or 0, found[line.number]
        line.save(update_fields=["recognised", "cut_reason"])
        Evidence.objects.filter(pk=line.evidence_id).update(claimed=F("claimed") + line.recognised - before)


def _line(report: SettlementReport, number: int, spent: Spent) -> SettlementLine:
    return SettlementLine(
        report=report,
        number=number,
        code=spent.code,
        supply=spent.supply,
        vat=spent.vat,
        vat_reclaimable=spent.vat_reclaimable,
        paid_on=spent.paid_on,
        vendor=spent.vendor,
        vendor_number=spent.vendor_number,
        related=spent.related,
        evidence=spent.evidence,
    )
