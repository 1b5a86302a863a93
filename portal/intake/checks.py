"""Eligibility checks that every programme may use. Unknown is 확인 불가 and makes a finding MANUAL, never PASS.

A check reads the application as it was sent (``sent_answers``), the company, and facts that other rooms offer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.core.periods import SEOUL, last_day_within
from portal.intake.enums import Finding
from portal.intake.models import Application
from portal.intake.queries import by_receipt, last_revision
from portal.intake.registry import EligibilityCheck, Found
from portal.plan.registry import fact

_PASS, _FAIL, _MANUAL = Finding.PASS, Finding.FAIL, Finding.MANUAL
_OPEN, _SUSPENDED, _CLOSED = "01", "02", "03"


def sent_answers(application: Application) -> dict[str, Any]:
    """The answers that count; read once per application."""
    if not hasattr(application, "sent_content"):
        revision = last_revision(application)
        application.sent_content = revision.content if revision else {}  # type: ignore[attr-defined]
    answers: dict[str, Any] = application.sent_content.get("answers", {})  # type: ignore[attr-defined]
    return answers


def counting_day(application: Application, parameters: Mapping[str, Any]) -> date:
    """The day on which a rule is counted: of the NOTICE (default), CLOSING, SUBMISSION or START."""
    call, at = application.call, parameters.get("counted_at", "NOTICE")
    if at == "START" and (start := start_date(application)):
        return start
    moments = {"CLOSING": call.closes_at, "SUBMISSION": application.submitted_at}
    moment = moments.get(at) or call.published_at or call.opens_at
    return moment.astimezone(SEOUL).date()


def start_date(application: Application) -> date | None:
    """When what is awarded begins, by the call's policy."""
    version = application.call.current
    text = version.term("start_date", None) if version else None
    return date.fromisoformat(text) if text else None


def company_age(application: Application, parameters: Mapping[str, Any], on: date) -> Found:
    """Founded within ``years``, the same day inclusive."""
    opened, years = application.organisation.opened_date, int(parameters["years"])
    if opened is None:
        return Found("", _MANUAL, str(_("설립일이 등록되어 있지 않음")))
    value = f"{opened.isoformat()} → {on.isoformat()}"
    if opened <= on <= last_day_within(opened, years):
        return Found(value, _PASS, str(_("기업 정보의 설립일")))
    sentence = format_lazy(
        _("기준일({on})에 설립 {years}년 이내인 기업만 신청할 수 있습니다. 등록된 설립일은 {opened}입니다."),
        on=on.isoformat(),
        years=years,
        opened=opened.isoformat(),
    )
    return Found(value, _FAIL, str(_("기업 정보의 설립일")), sentence)


def business_status(application: Application, parameters: Mapping[str, Any], on: date) -> Found:
    """01 계속, 02 휴업, 03 폐업, from whichever source offers the fact; without a source somebody looks."""
    status = fact("business_status", organisation=application.organisation, on=on)
    if status is None:
        return Found("", _MANUAL, str(_("사업자 상태를 확인할 자료가 없음")))
    if status == _OPEN:
        return Found(str(status), _PASS, str(_("사업자 상태 조회")))
    sentence = (
        _("휴업 중인 사업자는 신청할 수 없습니다.")
        if status == _SUSPENDED
        else _("폐업한 사업자는 신청할 수 없습니다.")
    )
    return Found(str(status), _FAIL, str(_("사업자 상태 조회")), sentence)


def excluded_business(application: Application, parameters: Mapping[str, Any], on: date) -> Found:
    """The business chosen in ``block`` is none of ``excluded``."""
    given = sent_answers(application).get(parameters["block"])
    chosen = given if isinstance(given, list) else [given] if given else []
    if not chosen:
        return Found("", _MANUAL, str(_("업종을 확인할 답이 없음")))
    if set(chosen) & set(parameters["excluded"]):
        return Found(", ".join(chosen), _FAIL, str(_("신청서의 업종")), _("지원에서 제외되는 업종입니다."))
    return Found(", ".join(chosen), _PASS, str(_("신청서의 업종")))


def other_public_space(application: Application, parameters: Mapping[str, Any], on: date) -> Found:
    """Space from another public body must end on or before our start.

    The fact ``other_public_space`` answers the last day, False for none, None for unknown; ``block`` is a date in the form.
    """
    starts = start_date(application) or on
    known = fact("other_public_space", organisation=application.organisation, on=on)
    declared = sent_answers(application).get(parameters.get("block", ""))
    ends = [day for day in (known, date.fromisoformat(declared) if declared else None) if isinstance(day, date)]
    if ends and max(ends) > starts:
        sentence = format_lazy(
            _("다른 공공 입주공간의 지원이 {ends}에 끝나, 입주 시작일({starts})과 겹칩니다."),
            ends=max(ends).isoformat(),
            starts=starts.isoformat(),
        )
        return Found(max(ends).isoformat(), _FAIL, str(_("입주 사실 또는 신청서")), sentence)
    if ends or known is False or parameters.get("accept_declaration"):
        return Found(max(ends).isoformat() if ends else "-", _PASS, str(_("입주 사실 또는 신청서")))
    return Found("", _MANUAL, str(_("다른 공공공간 입주 여부를 확인할 자료가 없음")))


def declared(application: Application, parameters: Mapping[str, Any], on: date) -> Found:
    """A declaration in ``block``; enough by itself only if the policy accepts it, else somebody looks at the papers."""
    if sent_answers(application).get(parameters.get("block", "")) is not True:
        return Found("", _MANUAL, str(_("확약이 없음")))
    if parameters.get("accept_declaration"):
        return Found("true", _PASS, str(_("신청서의 확약")))
    return Found("true", _MANUAL, str(_("확약은 있으나 증빙 확인 필요")))


def location(application: Application, parameters: Mapping[str, Any], on: date) -> Found:
    """The registered address begins with one of ``prefixes``."""
    address = application.organisation.address
    if not address:
        return Found("", _MANUAL, str(_("소재지가 등록되어 있지 않음")))
    if address.startswith(tuple(parameters["prefixes"])):
        return Found(address, _PASS, str(_("기업 정보의 소재지")))
    return Found(address, _FAIL, str(_("기업 정보의 소재지")), _("공고에서 정한 지역의 기업만 신청할 수 있습니다."))


def registers_within(application: Application, parameters: Mapping[str, Any], on: date) -> Found:
    """A registered company passes; a founder without a number yet has ``days`` after the result to register.

    The promise in ``block`` is enough if the policy accepts declarations, else somebody looks.
    """
    if application.organisation.business_number:
        return Found(application.organisation.business_number, _PASS, str(_("사업자등록번호")))
    if "days" not in parameters:
        return Found("", _MANUAL, str(_("사업자등록 전")))
    days = int(parameters["days"])
    promised = sent_answers(application).get(parameters.get("block", "")) is True
    if promised and parameters.get("accept_declaration"):
        return Found("", _PASS, str(_("선정 뒤 %(days)s일 안에 사업자등록을 하기로 확약") % {"days": days}))
    return Found("", _MANUAL, str(_("사업자등록 전: 선정 뒤 %(days)s일 안에 등록하는 조건") % {"days": days}))


def already_supported(application: Application, parameters: Mapping[str, Any], on: date) -> Found:
    """Not held already under this programme, by the fact ``already_supported``."""
    known = fact(
        "already_supported", organisation=application.organisation, on=on, programme=application.call.programme
    )
    if known is None:
        return Found("", _MANUAL, str(_("기존 지원 여부를 확인할 자료가 없음")))
    if known:
        return Found("true", _FAIL, str(_("지원 사실")), _("이미 같은 지원을 받고 있습니다."))
    return Found("false", _PASS, str(_("지원 사실")))


def single_entry(application: Application, parameters: Mapping[str, Any], on: date) -> Found:
    """No other application to the call under the same representative or the same name: else somebody looks.

    One company may come under two numbers, and two companies may share a representative for good reasons.
    """
    company = application.organisation
    same = Q(organisation__representative=company.representative) | Q(organisation__name_ko=company.name_ko)
    others = Application.objects.filter(same, call=application.call_id).exclude(pk=application.pk)
    others = others.exclude(status__in=["DRAFT", "WITHDRAWN"])
    if found := list(others.order_by(*by_receipt()).values_list("receipt_number", flat=True)):
        return Found(", ".join(filter(None, found)), _MANUAL, str(_("대표자나 기업명이 같은 다른 신청서")))
    return Found("-", _PASS, str(_("대표자나 기업명이 같은 다른 신청서")))


CHECKS: Mapping[str, EligibilityCheck] = {
    "company_age": company_age,
    "business_status": business_status,
    "tax_clear": declared,
    "no_default": declared,
    "excluded_business": excluded_business,
    "location": location,
    "other_public_space": other_public_space,
    "registers_within": registers_within,
    "already_supported": already_supported,
    "single_entry": single_entry,
}
