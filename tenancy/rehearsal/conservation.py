"""What must hold at the end of the plan's rehearsal: nobody let a cell twice, no won is lost, the plan's places stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Sum

from portal.core.rehearsals import Outcome
from tenancy import metrics, queries
from tenancy.models import Graduation, Invoice, Lease, MoveOut, Payment, PaymentShare, RenewalReview
from tenancy.rehearsal import checks

if TYPE_CHECKING:
    from tenancy.rehearsal.plan_seoul import Story

_DAY = timedelta(days=1)


def outcome(story: Story) -> Outcome:
    """Counts and violations of the years that were lived."""
    codes = [hub.code for hub in story.hubs.values()]
    leases = Lease.objects.filter(unit__floor__building__hub__code__in=codes)
    reviews, left = RenewalReview.objects.filter(lease__in=leases), MoveOut.objects.filter(lease__in=leases)
    invoices = Invoice.objects.filter(lease__in=leases).exclude(status__in=["DRAFT", "DROPPED"])
    last = story.life.until - _DAY
    counts = {
        "companies in residence": queries.tenants_on(last, story.cluster, codes).count(),
        "leases": leases.exclude(status="NOT_MATERIALISED").count(),
        "renewals": reviews.filter(status="SIGNED").count(),
        "graduations": Graduation.objects.filter(lease__in=leases).count(),
        "departures": left.filter(keys_returned_date__isnull=False).count(),
        "held over": invoices.filter(kind="HOLDOVER").values("lease").distinct().count(),
        "terminated": leases.filter(end_kind="TERMINATED").count(),
        "invoices": invoices.count(),
    }
    found = [sentence for look in CHECKS for sentence in look(story)]
    found += _residents(story, counts["companies in residence"])
    found += _money(invoices, story)
    return Outcome(counts, found + checks.ledger(story.say))


def _no_cell_twice(story: Story) -> Iterator[str]:
    """Of all days ever: two rows that overlap would be a day on which a cell was let twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, b.id FROM tenancy_occupancy a JOIN tenancy_occupancy b"
            " ON a.cell_id = b.cell_id AND a.id < b.id AND a.period && b.period"
            " WHERE a.status <> 'RELEASED' AND b.status <> 'RELEASED'"
        )
        for first, second in cursor.fetchall():
            yield f"occupancies {first} and {second} overlap"


def _places(story: Story) -> Iterator[str]:
    """The announced number of places stands by the announced day, and none before the building opens."""
    for code, hub in story.hubs.items():
        told = story.life.facts["hubs"][code]
        opens: date = story.life.made_up["open_from"][code]
        if metrics.company_places(story.cluster, opens - _DAY, [hub.code]) != 0:
            yield f"{code} has places before it opens"
        places = story.life.places(code)
        if metrics.company_places(story.cluster, told["by"], [hub.code]) != places:
            yield f"{code} has not {places} places by {told['by']}"


def _every_month_billed(story: Story) -> Iterator[str]:
    """A month with days of a lease has its invoice, once; a month without has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH span AS (SELECT l.id, min(lower(t.period)) AS first,"
            "   least(max(upper(t.period)), coalesce(l.leave_date, 'infinity'), %s::date) AS last"
            "   FROM tenancy_lease l JOIN tenancy_leaseterm t ON t.lease_id = l.id"
            "   WHERE l.moved_in_date IS NOT NULL GROUP BY l.id),"
            " due AS (SELECT s.id, m::date AS month FROM span s,"
            "   generate_series(date_trunc('month', s.first), s.last - 1, interval '1 month') m WHERE s.first < s.last),"
            " billed AS (SELECT lease_id AS id, month FROM tenancy_invoice WHERE kind = 'RENT'"
            "   AND status NOT IN ('DRAFT', 'DROPPED') AND total > 0 AND open_amount + 0 >= 0"
            "   AND EXISTS (SELECT 1 FROM tenancy_lease l WHERE l.id = lease_id AND l.moved_in_date IS NOT NULL))"
            " SELECT 'not billed', id, month FROM (SELECT * FROM due EXCEPT SELECT * FROM billed) a"
            " UNION ALL SELECT 'billed twice', id, month FROM billed GROUP BY id, month HAVING count(*) > 1",
            [story.life.until],
        )
        for what, lease, month in cursor.fetchall():
            yield f"lease {lease} is {what} for {month:%Y-%m}"


def _money(invoices: Any, story: Story) -> Iterator[str]:
    """billed = paid + open (arrears and not yet due) + credited; what the bank brought is what was paid and what is left over."""
    billed, still = (invoices.aggregate(sum=Sum(name))["sum"] or 0 for name in ("total", "open_amount"))
    shares = PaymentShare.objects.filter(invoice__in=invoices)
    paid = shares.aggregate(sum=Sum("amount"))["sum"] or 0
    credited = invoices.filter(credits__approved_at__isnull=False).aggregate(sum=Sum("credits__total"))["sum"] or 0
    story.say(f"money: {billed:,} won billed = {paid:,} paid + {still:,} open + {credited:,} credited")
    if billed != paid + still + credited:
        yield f"{billed} billed, but {paid} paid, {still} open and {credited} credited"
    companies = invoices.values("lease__organisation")
    came = Payment.objects.filter(organisation__in=companies).aggregate(sum=Sum("amount"))["sum"] or 0
    balance = came - paid
    if balance < 0:
        yield f"{paid} were shared out of {came} that came in"
    overdue = invoices.filter(open_amount__gt=0, due_date__lt=story.life.until - timedelta(days=8))
    if unseen := overdue.exclude(lease__arrears__isnull=False).values("lease").distinct().count():
        yield f"{unseen} leases are overdue without a case of arrears"


def _residents(story: Story, inside: int) -> Iterator[str]:
    low, high = story.life.inside_at_the_end
    if not low <= inside <= high:
        yield f"{inside} companies in residence at the end, not {low} to {high}"


CHECKS = (_no_cell_twice, _places, _every_month_billed)
