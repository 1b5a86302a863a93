"""Terms, rent and contracts as people read them: names with values, sums in words."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.business_number import formatted
from portal.core.money import won
from portal.core.ui.parts import Column, Row, Table
from tenancy import conditions
from tenancy import rent as arithmetic
from tenancy.enums import Basis, VatMode
from tenancy.models import Amendment, Lease, Offer, RateCard, Signature

_MONTHS_SHOWN = 3


def terms(offer: Offer) -> list[Row]:
    """What is offered, on what terms."""
    unit, card = offer.unit, offer.rate_card
    return [
        Row(_("호실"), f"{unit.hub} {unit.floor} {unit.code}"),
        Row(_("면적과 좌석"), _("%(area)s㎡, %(seats)s석") % {"area": unit.area_m2, "seats": unit.seats}),
        Row(_("계약기간"), period(offer.start_date, offer.end_date)),
        *prices(card, conditions.deposit_won(unit, card, offer.need.seats)),
    ]


def prices(card: RateCard, deposit: int | None = None) -> list[Row]:
    """The rate card, line by line; ``deposit`` is what it comes to for one room, else as the card says it."""
    asked = _deposit(card) if deposit is None else _amount(deposit)
    return [
        Row(_("월 임대료"), per(card.basis, card.rate_won)),
        Row(_("관리비"), per(card.fee_basis, card.fee_won) if card.fee_won else _("없음")),
        Row(_("보증금"), asked),
        Row(_("부가가치세"), VatMode(card.vat_mode).label),
        Row(_("납부일"), _due(card.due_day, card.ahead_months)),
        *([Row(_("연체이자"), _("1년에 %(percent)s%%") % {"percent": percent(card.late_interest_bp)})] if card.late_interest_bp else []),
        Row(_("기간이 끝난 뒤 머물 때"), _("임대료의 %(percent)s%%") % {"percent": percent(card.holdover_bp)}),
    ]  # fmt: skip


def per(basis: str, rate_won: int) -> str:
    """A monthly rate with what it is for."""
    words = {Basis.AREA: _("1㎡에 %(rate)s"), Basis.SEAT: _("좌석마다 %(rate)s"), Basis.PERSON: _("상주 인원 1명에 %(rate)s"), Basis.FLAT: _("호실마다 %(rate)s")}  # fmt: skip
    return words[Basis(basis)] % {"rate": won(rate_won, get_language() or "ko")}


def percent(bp: int) -> str:
    """Basis points as per cent."""
    return f"{bp // 100}" if bp % 100 == 0 else f"{bp // 100}.{bp % 100:02d}"


def _amount(amount: int) -> str:
    return won(amount, get_language() or "ko") if amount else _("없음")


def _deposit(card: RateCard) -> str:
    """As the card says it: an amount, or months of rent."""
    if card.deposit_months:
        return _("임대료 %(months)s개월분") % {"months": card.deposit_months}
    return _amount(card.deposit_won)


def _due(day: int, ahead: int) -> str:
    if ahead == 1:
        return _("매월 %(day)s일") % {"day": day}
    return _("%(months)s개월분을 미리, 고지한 달의 %(day)s일") % {"months": ahead, "day": day}


def rent(offer: Offer) -> Table:
    """The first months' rent with the sum of each in words."""
    card, language = offer.rate_card, get_language() or "ko"
    terms = conditions.snapshot(offer.unit, card, offer.need.seats)
    lines = arithmetic.lines(conditions.quantity(terms), card.rate_won, offer.start_date, offer.end_date, card.rounding)
    taxed = [arithmetic.vat(line.amount, card.vat_mode).total for line in lines]
    shown = list(zip(lines, taxed, strict=True))[:_MONTHS_SHOWN]
    return Table(
        caption=_("처음 %(months)s개월의 임대료") % {"months": len(shown)},
        columns=[Column(_("월")), Column(_("계산")), Column(_("내실 금액"), number=True)],
        rows=[
            [
                date_format(line.month, "YEAR_MONTH_FORMAT"),
                arithmetic.in_words(line, language, card.basis),
                won(total, language),
            ]
            for line, total in shown
        ],
        foot=[_("계약기간 전체"), "", won(sum(taxed), language)],
    )


def document(lease: Lease) -> list[Row]:
    """The contract as signed: the decided data, whole."""
    content = lease.document or {}
    agreed, tenant = content.get("terms", {}), content.get("tenant", {})
    if not agreed:
        return []
    number = tenant["business_number"]
    return [
        Row(_("임대인"), content["lessor"]),
        Row(_("장소"), content["place"]),
        Row(_("임차인"), tenant["name"]),
        Row(_("사업자등록번호"), formatted(number) if number else _("없음")),
        Row(_("대표자"), tenant["representative"]),
        Row(_("호실"), agreed["unit"].rpartition(".")[2]),
        Row(_("면적과 좌석"), _("%(area)s㎡, %(seats)s석") % {"area": agreed["area_m2"], "seats": agreed["seats"]}),
        Row(_("계약기간"), period(date.fromisoformat(agreed["start"]), date.fromisoformat(agreed["end"]))),
        Row(_("최장 기간"), _("연장을 포함해 %(months)s개월") % {"months": content["max_months"]}),
        Row(_("상주 인원"), _("%(people)s명") % {"people": agreed["people"]}),
        Row(_("월 임대료"), per(agreed["basis"], agreed["rate_won_month"])),
        Row(_("보증금"), _amount(agreed["deposit_won"])),
        Row(_("관리비"), per(agreed["fee_basis"], agreed["fee_won"]) if agreed["fee_won"] else _("없음")),
        Row(_("부가가치세"), VatMode(agreed["vat"]).label),
        Row(_("납부일"), _due(content["due_day"], agreed["ahead_months"])),
        Row(_("기간이 끝난 뒤 머물 때"), _("임대료의 %(percent)s%%") % {"percent": content["holdover_bp"] // 100}),
        Row(_("문서 지문(SHA-256)"), lease.document_hash),
    ]


def period(start: date, end: date) -> str:
    """A half-open period as people read it: the end is the day of leaving."""
    days = {"start": date_format(start, "DATE_FORMAT"), "end": date_format(end, "DATE_FORMAT")}
    return _("%(start)s부터 %(end)s 전날까지") % days


def instant(at: datetime) -> str:
    """A moment as people read it, in Seoul."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def signature(given: Signature) -> str:
    """Who signed, and when."""
    if given.method == "paper":
        return _("%(name)s · %(at)s(종이에 서명)") % {"name": given.signer, "at": instant(given.signed_at)}
    return f"{given.user} · {instant(given.signed_at)}"


def card(row: RateCard) -> str:
    """A rate card in one line."""
    return _("%(code)s %(version)s판 · 월 %(rate)s원(%(basis)s)") % {
        "code": row.code, "version": row.version, "rate": f"{row.rate_won:,}", "basis": row.get_basis_display(),
    }  # fmt: skip


def changes(amendment: Amendment) -> list[Row]:
    """What an amendment changes, before and after, line by line."""
    names = {
        "unit": _("호실"),
        "area_m2": _("면적(㎡)"),
        "seats": _("좌석"),
        "rate_won": _("월 요율(원)"),
        "fee_won": _("관리비"),
        "start": _("시작일"),
        "name": _("임차인"),
    }
    before, after = amendment.before, amendment.after
    return [
        Row(name, f"{_value(key, before.get(key))} → {_value(key, after[key])}")
        for key, name in names.items()
        if key in after and after[key] != before.get(key)
    ]


def _value(key: str, value: object) -> str:
    """A unit by its number, an amount with thousands marks, a day as people write it."""
    if key == "unit":
        return str(value).rpartition(".")[2]
    if key == "start":
        return date_format(date.fromisoformat(str(value)), "DATE_FORMAT")
    return f"{value:,}" if isinstance(value, int) else str(value or "")
