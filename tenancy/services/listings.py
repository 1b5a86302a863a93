"""The public directory: what a company lets be shown, part by part, and taken back at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Organisation
from portal.core.errors import Invalid, Overtaken
from portal.intake.services.files import inspect_upload
from tenancy import rules
from tenancy.enums import ListingField
from tenancy.models import Listing, ListingConsent

LOGO_TYPES, LOGO_BYTES = ("png", "jpg", "jpeg"), 2**20


@transaction.atomic
def save_listing(
    *, organisation: Organisation, values: Mapping[str, str], shown: Collection[str], by: Any, now: datetime,
    logo: File[Any] | None = None,
) -> Listing:  # fmt: skip
    """The master account writes the entry and says which parts may be shown; what is not named is withdrawn."""
    role = rules.check_can_publish_listing(by, organisation)
    if unknown := set(shown) - set(ListingField.values):
        raise Invalid(_("알 수 없는 동의 항목입니다."), field=sorted(unknown)[0])
    listing, _new = Listing.objects.select_for_update().get_or_create(organisation=organisation)
    for name, value in values.items():
        setattr(listing, name, value)
    if logo is not None:
        found = inspect_upload(logo.name or "", logo, types=LOGO_TYPES, most=LOGO_BYTES, field="logo")
        logo.seek(0)
        listing.logo.save(found.name, logo, save=False)
        listing.logo_type = found.content_type
    listing.save()
    _settle(listing, frozenset(shown), by=by, role=role, now=now)
    return listing


def _settle(listing: Listing, shown: frozenset[str], *, by: Any, role: str, now: datetime) -> None:
    live = {row.field: row for row in listing.consents.filter(withdrawn_at__isnull=True)}
    for field in sorted(shown - live.keys()):
        _give(listing, field, by=by, role=role, now=now)
    for field in sorted(live.keys() - shown):
        row = live[field]
        ListingConsent.objects.filter(pk=row.pk, withdrawn_at__isnull=True).update(withdrawn_at=now)
        log.append("space.listing.withdrawn", row=row, by=by.acting_as(role), data={"part": field})


def _give(listing: Listing, field: str, *, by: Any, role: str, now: datetime) -> None:
    try:
        with transaction.atomic():
            row = ListingConsent.objects.create(listing=listing, field=field, given_by=by, given_at=now)
    except IntegrityError as clash:
        raise Overtaken from clash
    log.append("space.listing.consented", row=row, by=by.acting_as(role), data={"part": field})
