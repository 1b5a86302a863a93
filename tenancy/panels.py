"""Sections of shared pages: my rooms, and what waits on the officer's desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from portal.accounts.models import User
from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for
from portal.core.panels import Panel
from portal.core.ui.parts import Card, Figure, Row
from tenancy import queries, tables
from tenancy.enums import LeaseStatus, OfferStatus
from tenancy.models import Hub

_DESK = roles_for("lease.read") | roles_for("invoice.issue")


def my_rooms(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """Offers that wait for an answer and leases that run or wait for a signature."""
    if not isinstance(user, User):
        return None
    offers = queries.offers_for(user).filter(status=OfferStatus.SENT, expires_at__gt=now)
    leases = queries.leases_for(user).filter(status__in=[LeaseStatus.AWAITING_SIGNATURE, *queries.LIVE_LEASE])
    cards = [
        Card(
            title=_("%(unit)s호 입주 제안") % {"unit": offer.unit.code},
            href=reverse("tenancy:offer", args=[offer.public_id]),
            status=offer.get_status_display(),
            tone=tables.TONES.get(offer.status, ""),
            above=offer.need.organisation.name,
            facts=[Row(_("답변 기한"), tables.instant(offer.expires_at))],
        )
        for offer in offers
    ] + [
        Card(
            title=_("%(unit)s호 입주계약") % {"unit": lease.unit.code},
            href=reverse("tenancy:lease", args=[lease.public_id]),
            status=lease.get_status_display(),
            tone=tables.TONES.get(lease.status, ""),
            above=lease.organisation.name,
            facts=[Row(_("서명 기한"), tables.instant(lease.sign_by))] if not lease.signed_at else [],
        )
        for lease in leases
    ]
    return {"cards": cards} if cards else None


def desk(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """How many offers, signatures and keys wait in the hubs of the person's clusters."""
    hubs = Hub.objects.filter(cluster__in=clusters_of(user, *_DESK))
    offers, leases = queries.offers_in(hubs), queries.leases_in(hubs)
    href = reverse("tenancy:desk")
    return {
        "figures": [
            Figure(
                _("답변을 기다리는 제안"),
                offers.filter(status=OfferStatus.SENT).count(),
                pgettext("단위", "건"),
                href=href,
            ),
            Figure(
                _("계약서를 작성할 제안"),
                offers.filter(status=OfferStatus.ACCEPTED, lease__isnull=True).count(),
                pgettext("단위", "건"),
                href=href,
            ),
            Figure(
                _("서명을 기다리는 계약"),
                leases.filter(status=LeaseStatus.AWAITING_SIGNATURE).count(),
                pgettext("단위", "건"),
                href=f"{href}?show=leases",
            ),
            Figure(
                _("열쇠를 넘길 계약"),
                leases.filter(status=LeaseStatus.SIGNED).count(),
                pgettext("단위", "건"),
                href=f"{href}?show=leases",
            ),
        ]
    }


PANELS = [
    Panel("space", "my", gettext_lazy("내 입주"), "tenancy/panel_my.html", my_rooms, order=30),
    Panel("space", "desk", gettext_lazy("입주 업무"), "tenancy/panel_desk.html", desk, roles=_DESK, order=30),
]
