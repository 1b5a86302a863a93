"""Editions, and what supports them, as parts of the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.ui import parts
from portal.core.ui.parts import Card, Column, Row, Table, Tone
from portal.mice import disclosure, naming
from portal.mice.models import Award, EventEdition
from portal.mice.policy import SupportPolicy
from portal.mice.support_tables import DASH, TONES, won


def state(edition: EventEdition, on: date) -> tuple[str, Tone]:
    """Where the edition stands on that day, in words, and how they look."""
    if edition.is_off:
        return pgettext("행사 회차", "취소"), "danger"
    if edition.ends_on < on:
        return pgettext("행사 회차", "종료"), ""
    if edition.starts_on <= on:
        return _("열리는 중"), "success"
    return (_("날짜 변경"), "warning") if edition.moved_from else (pgettext("행사 회차", "예정"), "info")


def edition_card(edition: EventEdition, on: date) -> Card:
    words, tone = state(edition, on)
    return Card(
        naming.edition(edition),
        reverse("mice:event", args=[edition.public_id]),
        above=str(edition.event.cluster),
        status=words,
        tone=tone,
        facts=[Row(_("기간"), naming.days(edition)), Row(_("장소"), edition.venue)],
    )


def facts(edition: EventEdition) -> list[Row]:
    """What is known of an edition."""
    rows = [Row(_("기간"), naming.days(edition))]
    if edition.moved_from and not edition.is_off:
        rows.append(Row(_("처음 알린 시작일"), date_format(edition.moved_from, "DATE_FORMAT")))
    return [*rows, Row(_("장소"), edition.venue), Row(_("주최"), str(edition.host))]


def awards(rows: Sequence[Award]) -> Table:
    """Awards as everybody reads them; what is not settled yet has a dash."""
    return Table(
        caption=_("지원과 정산"),
        columns=[
            Column(_("행사와 주최 기업")),
            Column(pgettext("행사", "지원사업")),
            Column(_("교부결정(원)"), number=True),
            Column(_("지급(원)"), number=True),
            Column(_("인정(원)"), number=True),
            Column(_("반납(원)"), number=True),
            Column(_("참가자")),
            Column(_("상태")),
        ],
        rows=[_award(one) for one in rows],
    )


def _award(award: Award) -> list[object]:
    settled: int | None = award.recognised  # type: ignore[attr-defined]
    status = parts.badge(award.get_status_display(), TONES.get(award.status, ""))
    changed = award.decided != award.amount
    title = parts.link(naming.edition(award.edition), reverse("mice:event", args=[award.edition.public_id]))
    again = award.times_settled > 1  # type: ignore[attr-defined]
    return [
        _noted(title, str(award.organisation)),
        f"{naming.programme(award.programme)} ({award.envelope.fiscal_year})",
        _noted(f"{award.amount:,}", _("처음 %(won)s") % {"won": f"{award.decided:,}"} if changed else ""),
        f"{award.paid:,}",
        DASH if settled is None else f"{settled:,}",
        f"{award.repaid:,}",
        _turnout(award),
        _noted(status, _("%(times)s번 정산") % {"times": award.times_settled} if again else ""),  # type: ignore[attr-defined]
    ]


def _noted(value: object, note: str) -> object:
    """What a cell says, and smaller under it what belongs to it."""
    return format_html("{}<br><small>{}</small>", value, note) if note else value


def _turnout(award: Award) -> object:
    """People on site, and of them from abroad: promised and come."""
    policy, came = SupportPolicy.of(award.policy), disclosure.actual(award)
    planned = _("계획 %(onsite)s명 (국외 %(foreign)s)") % {
        "onsite": policy.required_onsite,
        "foreign": policy.required_foreign,
    }
    if not came:
        return planned
    real = _("실적 %(onsite)s명 (국외 %(foreign)s)") % {"onsite": came["onsite"], "foreign": came["foreign"]}
    return format_html("{}<br>{}", planned, real)


def sums(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Awards added up by year and programme."""
    total = {key: sum(row[key] for row in rows) for key in ("count", "awarded", "paid_out", "returned")}
    return Table(
        caption=_("연도와 지원사업별 합계"),
        columns=[
            Column(_("회계연도")),
            Column(pgettext("행사", "지원사업")),
            Column(_("지원 건수"), number=True),
            Column(_("교부결정"), number=True),
            Column(_("지급"), number=True),
            Column(_("반납"), number=True),
        ],
        rows=[
            [
                str(row["envelope__fiscal_year"]),
                naming.said(row["programme__title_ko"], row["programme__title_en"]),
                row["count"],
                *(won(row[key]) for key in ("awarded", "paid_out", "returned")),
            ]
            for row in rows
        ],
        foot=[_("합계"), "", total["count"], *(won(total[key]) for key in ("awarded", "paid_out", "returned"))],
    )
