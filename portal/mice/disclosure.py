"""What everybody may know of event support (지원·정산 공개): who got how much for what, what came of it, what came back.

Companies are named, persons never. What was recognised and who came is told with the settlement, not before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from portal.core.periods import SEOUL
from portal.mice.enums import AwardStatus
from portal.mice.models import Award, EventEdition, Settlement, SupportProgramme
from portal.mice.policy import SupportPolicy

#: What stands in the data files, in this order. Amounts are won.
FIELDS = (
    "award", "edition", "edition_en", "starts_on", "ends_on", "venue", "organiser", "organiser_en", "programme", "year",
    "decided_on", "decided", "awarded", "paid", "recognised", "final", "returned", "interest_returned", "settlements",
    "planned_onsite", "planned_foreign", "actual_onsite", "actual_foreign", "status",
)  # fmt: skip


def awards(*, year: str = "", programme: str = "", status: str = "") -> QuerySet[Award]:
    """Every award as the public reads it, the newest first, with what its last settlement recognised and counted."""
    last = Settlement.objects.filter(award=OuterRef("pk")).order_by("-id")
    found = Award.objects.select_related("edition", "organisation", "programme", "envelope").annotate(
        recognised=Subquery(last.values("recognised")[:1]),
        turnout=Subquery(last.values("report__turnout")[:1]),
        times_settled=Count("settlements"),
    )
    asked = {"envelope__fiscal_year": year, "programme__code": programme, "status": status}
    return found.filter(**{name: value for name, value in asked.items() if value}).order_by("-decided_at", "id")


def of_edition(edition: EventEdition) -> QuerySet[Award]:
    return awards().filter(edition=edition)


def sums(rows: QuerySet[Award]) -> list[dict[str, Any]]:
    """The same awards added up by fiscal year and programme; what was cancelled counts only with what moved."""
    standing = ~Q(status=AwardStatus.CANCELLED)
    plain = Award.objects.filter(pk__in=rows.order_by().values("pk"))
    return [
        dict(row)
        for row in plain.order_by()
        .values("envelope__fiscal_year", "programme__code", "programme__title_ko", "programme__title_en")
        .annotate(
            count=Count("pk", filter=standing),
            awarded=Sum("amount", filter=standing, default=0),
            paid_out=Sum("paid"),
            returned=Sum("repaid"),
        )
        .order_by("-envelope__fiscal_year", "programme__code")
    ]


def years() -> list[int]:
    return list(
        Award.objects.order_by("-envelope__fiscal_year").values_list("envelope__fiscal_year", flat=True).distinct()
    )


def programmes() -> QuerySet[SupportProgramme]:
    """Programmes under which something was awarded."""
    return SupportProgramme.objects.filter(awards__isnull=False).distinct()


def records(rows: Iterable[Award]) -> list[dict[str, Any]]:
    """The awards as data: dates in ISO 8601, amounts in won, nothing where nothing is known yet."""
    return [_record(award) for award in rows]


def _record(award: Award) -> dict[str, Any]:
    edition, company, policy = award.edition, award.organisation, SupportPolicy.of(award.policy)
    came = actual(award)
    values = (
        str(award.public_id), edition.title_ko, edition.title_en, edition.starts_on.isoformat(),
        edition.ends_on.isoformat(), edition.venue, company.name_ko, company.name_en, award.programme.code,
        award.envelope.fiscal_year, award.decided_at.astimezone(SEOUL).date().isoformat(), award.decided, award.amount,
        award.paid, award.recognised, award.final, award.repaid, award.interest, award.times_settled,  # type: ignore[attr-defined]
        policy.required_onsite, policy.required_foreign, came.get("onsite"), came.get("foreign"), award.status,
    )  # fmt: skip
    return dict(zip(FIELDS, values, strict=True))


def actual(award: Award) -> dict[str, Any]:
    """Who came, as the last settlement counted it; empty before it."""
    return award.turnout or {}  # type: ignore[attr-defined]
