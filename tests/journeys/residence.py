"""A hub of its own with a round that is decided: what the tenants' journeys begin with."""

from __future__ import annotations

from datetime import timedelta

from portal.accounts.models import Organisation
from portal.core.clock import database_now
from portal.core.periods import SEOUL
from tenancy import services
from tenancy.models import Terms
from tenancy.rehearsal.cast import apply_as
from tenancy.rehearsal.companies import invent
from tests.factories import space as made
from tests.journeys import story

LEVEL = 5
UNITS = ("501", "502", "503")
RULE = {"opens_minute": 0, "closes_minute": 1440, "quota_minutes": 1200, "longest_minutes": 240}
DEPOSIT = 1_000_000
#: The hubs of the journeys: names, and the number whose invented companies apply nowhere else.
HUBS = {"yeoui": ("여의 마당", "Yeoui Yard", 871), "sangam": ("상암 마당", "Sangam Yard", 873)}


def chosen_in_a_new_hub(code: str, company: str) -> made.Space:
    """Three rooms, for which this company and two others are chosen; the first term is so short that it may be renewed."""
    now = database_now()
    today = now.astimezone(SEOUL).date()
    name_ko, name_en, play = HUBS[code]
    hub = made.hub(
        code,
        name_ko=name_ko,
        name_en=name_en,
        address_ko="서울 영등포구",
        address_en="Seoul",
        renewal_path="PANEL",
    )
    floor = made.floor(hub, LEVEL)
    units = [made.unit(floor, code) for code in UNITS]
    officer, approver, finance = (story.staff(key) for key in ("officer", "approver", "finance"))
    services.set_booking_rule(hub=hub, from_date=today, by=officer, now=now, **RULE)
    services.open_meeting_room(
        hub=hub, by=officer, code="well", name_ko="샘", name_en="Spring", seats=6, from_date=today, needs_approval=False
    )
    call, track, decision = made.decided_call(officer, approver, len(units), code)
    card = made.rate_card(deposit_won=DEPOSIT)
    terms = Terms.objects.create(call=call, rate_card=card, start_date=today, first_term_months=2, max_months=24)
    terms.hubs.add(hub)
    found = made.Space(hub, floor, units, card, call, track, terms, decision, officer, approver, finance)
    made.selected(found, organisation=Organisation.objects.get(name_ko=company))
    for other in invent(2, foreign=0, play=play, before=today - timedelta(days=400)):
        made.selected(found, organisation=apply_as(other, now).organisation)
    return found


def in_days(days: int) -> str:
    """A day from today on in Seoul, as a date field takes it."""
    return (database_now().astimezone(SEOUL).date() + timedelta(days=days)).isoformat()
