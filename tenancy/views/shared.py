"""What the pages of this room have in common."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.periods import SEOUL
from tenancy import queries
from tenancy.models import Amendment, Lease, Offer


class SignedIn(HttpRequest):
    """A request behind ``login_required``."""

    user: User


def day_asked(request: HttpRequest, now: datetime) -> date:
    """The day of ``?on=``; today in Seoul when there is none or it is no day."""
    today = now.astimezone(SEOUL).date()
    raw = request.GET.get("on", "")
    try:
        asked = parse_date(raw)
    except ValueError:
        asked = None
    if raw and asked is None:
        messages.warning(request, _("날짜를 읽을 수 없어 오늘을 보여 드립니다. 예: 2020-03-01"))
    return asked or today


def found_offer(public_id: UUID) -> Offer:
    offer = queries.offer_of(public_id)
    if offer is None:
        raise Http404
    return offer


def found_lease(public_id: UUID) -> Lease:
    lease = queries.lease_of(public_id)
    if lease is None:
        raise Http404
    return lease


def found_amendment(public_id: UUID) -> Amendment:
    rows = Amendment.objects.select_related(
        "lease__organisation", "lease__unit__floor__building__hub__cluster", "lease__rate_card"
    ).prefetch_related("signatures__user")
    return get_object_or_404(rows, public_id=public_id)
