"""The worker's door: what the clock decides. Safe to run twice, late, or at the same time."""

from portal.celery import app
from portal.core.clock import database_now
from portal.core.periods import SEOUL
from tenancy import queries, services


@app.task(name="tenancy.tasks.expire_offers")
def expire_offers() -> int:
    """Expire offers and unsigned contracts whose time is over, remind of the others; answers how many expired."""
    now = database_now()
    expired = services.expire_due_offers(now=now) + services.lapse_leases(now=now)
    services.remind_offers(now=now)
    return expired


@app.task(name="tenancy.tasks.dun")
def dun() -> int:
    """Open, step and close cases of arrears; answers how many moved."""
    return services.dun(now=database_now())


@app.task(name="tenancy.tasks.bill")
def bill() -> int:
    """Draft this month's rent for every live lease, and months held over; answers how many invoices there are."""
    now = database_now()
    today = now.astimezone(SEOUL).date()
    held_over = len(services.bill_holdovers(now=now))
    return held_over + sum(len(services.bill_month(hub=hub, month=today)) for hub in queries.hubs())


@app.task(name="tenancy.tasks.turn_terms")
def turn_terms() -> int:
    """What a new day brings to leases: terms that begin, days held over, invitations, notices; answers how many moved."""
    now = database_now()
    moved = services.turn_terms(now=now) + services.hold_over(now=now) + services.invite_renewals(now=now)
    services.tell_renewal_calls(now=now)
    services.ask_alumni(now=now)
    moved += services.rehouse(now=now)
    return moved + services.lapse_renewals(now=now) + services.notice_ends(now=now)


@app.task(name="tenancy.tasks.free_unused_rooms")
def free_unused_rooms() -> int:
    """Free the meeting rooms nobody came to, and pass on what was held ten minutes; answers how many moved."""
    now = database_now()
    return services.release_no_shows(now=now) + services.pass_on_waits(now=now)


@app.task(name="tenancy.tasks.close_tickets")
def close_tickets() -> int:
    """Close the requests that have been done for seven days; answers how many."""
    return services.close_done_tickets(now=database_now())
