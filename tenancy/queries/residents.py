"""Reads about requests and the public directory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from portal.accounts.models import Organisation, User
from portal.accounts.queries import acted_for
from tenancy.enums import LeaseStatus, ListingField, TicketStatus
from tenancy.models import Graduation, Hub, Lease, Listing, ListingConsent, Ticket, Unit
from tenancy.queries.meeting import IN_USE

OPEN_TICKET = tuple(status for status in TicketStatus if status != TicketStatus.CLOSED)


def ticket_of(public_id: UUID) -> Ticket | None:
    return _tickets().prefetch_related("notes__author", "files").filter(public_id=public_id).first()


def tickets_for(user: User) -> QuerySet[Ticket]:
    """What the person's companies asked for, the latest first."""
    return _tickets().filter(organisation__in=acted_for(user)).order_by("-opened_at", "-id")


def tickets_in(hub: Hub, *, closed: bool = False) -> QuerySet[Ticket]:
    """The hub's requests by due time; closed ones only when asked for."""
    rows = _tickets().filter(hub=hub)
    return (
        rows.order_by("due_at", "id")
        if not closed
        else rows.filter(status=TicketStatus.CLOSED).order_by("-closed_at", "-id")
    )


def open_tickets(hub: Hub) -> QuerySet[Ticket]:
    return tickets_in(hub).filter(status__in=OPEN_TICKET)


def late_tickets(hub: Hub, now: datetime) -> int:
    """How many of the hub's requests are past their time and not done."""
    return open_tickets(hub).exclude(status=TicketStatus.DONE).filter(due_at__lte=now).count()


def done_before(moment: datetime) -> QuerySet[Ticket]:
    """What was done by then and is not closed."""
    return _tickets().filter(status=TicketStatus.DONE, done_at__lte=moment).order_by("pk")


def homes_of(user: User, on: date) -> QuerySet[Lease]:
    """The leases in use of the person's companies."""
    rows = Lease.objects.filter(organisation__in=acted_for(user), status__in=IN_USE)
    return rows.select_related("organisation", "unit__floor__building__hub__cluster").order_by("pk")


def lives_in(organisation: Organisation, unit: Unit) -> bool:
    """Whether the company has a lease of this very room in use."""
    return Lease.objects.filter(organisation=organisation, unit=unit, status__in=IN_USE).exists()


def _tickets() -> QuerySet[Ticket]:
    return Ticket.objects.select_related(
        "hub__cluster", "organisation", "unit__floor__building__hub", "opened_by", "assigned_to"
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A company as the public may see it: an empty text for every part without its consent."""

    organisation: Organisation
    hubs: tuple[str, ...]
    alumni: bool
    sector: str
    sector_code: str
    intro: str
    web: str
    contact: str
    has_logo: bool

    @property
    def name(self) -> str:
        """In the reader's language, if the company has a name in it."""
        return self.organisation.name


def directory(on: date, *, words: str = "", hub: str = "", sector: str = "") -> list[Entry]:
    """Tenants and alumni who let themselves be listed, by name. Read afresh each time: a withdrawal hides at once."""
    rows = _listed(on).select_related("organisation").prefetch_related("consents")
    if words:
        rows = rows.filter(Q(organisation__name_ko__icontains=words) | Q(organisation__name_en__icontains=words))
    listings = list(rows.order_by("organisation__name_ko", "pk"))
    homes = _homes([row.organisation_id for row in listings], on)
    found = [_entry(row, homes.get(row.organisation_id, [])) for row in listings]
    return [
        entry
        for entry in found
        if (not sector or entry.sector_code == sector) and (not hub or hub in set(_codes(homes, entry)))
    ]


def _codes(homes: dict[int, list[Hub]], entry: Entry) -> Iterable[str]:
    return (hub.code for hub in homes.get(entry.organisation.pk, []))


def _listed(on: date) -> QuerySet[Listing]:
    """Listings whose company lives here and consented, or lived here and consented to being shown after."""
    live = ListingConsent.objects.filter(listing=OuterRef("pk"), withdrawn_at__isnull=True)
    tenant = Lease.objects.filter(
        organisation=OuterRef("organisation"), status__in=(*IN_USE, LeaseStatus.HOLDOVER), terms__period__contains=on
    )
    alumni = Graduation.objects.filter(organisation=OuterRef("organisation"), graduated_date__lte=on)
    return Listing.objects.filter(
        Exists(live.filter(field=ListingField.LISTED)),
        Q(Exists(tenant)) | Q(Exists(alumni), Exists(live.filter(field=ListingField.ALUMNI))),
    )


def _homes(companies: Iterable[int], on: date) -> dict[int, list[Hub]]:
    """The hubs in which each company lives."""
    found: dict[int, list[Hub]] = {}
    leases = Lease.objects.filter(organisation__in=companies, status__in=IN_USE, terms__period__contains=on)
    for lease in leases.select_related("unit__floor__building__hub").order_by("pk"):
        hubs = found.setdefault(lease.organisation_id, [])
        if lease.unit.hub not in hubs:
            hubs.append(lease.unit.hub)
    return found


def _entry(row: Listing, homes: list[Hub]) -> Entry:
    agreed = {consent.field for consent in row.consents.all() if consent.withdrawn_at is None}
    english = (get_language() or "ko").startswith("en")
    intro = (row.intro_en or row.intro_ko) if english else (row.intro_ko or row.intro_en)
    sector = ListingField.SECTOR in agreed
    return Entry(
        organisation=row.organisation,
        hubs=tuple(str(hub) for hub in homes),
        alumni=not homes,
        sector=str(row.get_sector_display()) if sector else "",
        sector_code=row.sector if sector else "",
        intro=intro if ListingField.INTRO in agreed else "",
        web=row.web if ListingField.WEB in agreed else "",
        contact=row.contact if ListingField.CONTACT in agreed else "",
        has_logo=bool(row.logo) and ListingField.LOGO in agreed,
    )


def listed_companies(on: date) -> frozenset[int]:
    """The keys of companies whose name the public plan may show."""
    return frozenset(_listed(on).values_list("organisation", flat=True))


def logo_of(company: UUID, on: date) -> Listing | None:
    """The listing whose logo may be shown now."""
    row = _listed(on).filter(organisation__public_id=company).exclude(logo="").first()
    agreed = row and row.consents.filter(field=ListingField.LOGO, withdrawn_at__isnull=True).exists()
    return row if agreed else None


def consents_of_listing(organisation: Organisation) -> set[str]:
    """The parts a company lets be shown now."""
    rows = ListingConsent.objects.filter(listing__organisation=organisation, withdrawn_at__isnull=True)
    return set(rows.values_list("field", flat=True))
