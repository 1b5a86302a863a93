"""Editions as parts of the shell."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.ui.parts import Card, Row, Tone
from portal.mice import naming
from portal.mice.models import EventEdition


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
