"""A hub of its own with a round that is decided: what the tenants' journeys begin with."""

from __future__ import annotations

from datetime import timedelta

from portal.accounts.models import Organisation
from portal.core.clock import database_now
from portal.core.periods import SEOUL
from portal.intake import services as intake
from portal.intake.models import Application, Call
from tenancy import services
from tenancy.models import Terms
from tenancy.rehearsal.cast import apply_as
from tenancy.rehearsal.companies import invent
from tests.factories import intake as rounds
from tests.factories import space as made
from tests.journeys import story

HUB, LEVEL = "yeoui", 5
UNITS = ("501", "502", "503")
RULE = {"opens_minute": 0, "closes_minute": 1440, "quota_minutes": 1200, "longest_minutes": 240}
DEPOSIT = 1_000_000
#: The invented companies of this play's number apply nowhere else.
PLAY = 871
RENEWAL = {
    "figures": {"sales": 120_000_000, "jobs": 4, "investment": 0, "days": 40},
    "plan": {"results": "고객이 늘었습니다.", "next": "더 키웁니다.", "true_figures": True},
}


def chosen_in_a_new_hub() -> made.Space:
    """Three rooms, of which the demo company and two others are chosen; the first term is so short that it may be renewed."""
    now = database_now()
    today = now.astimezone(SEOUL).date()
    hub = made.hub(
        HUB,
        name_ko="여의 마당",
        name_en="Yeoui Yard",
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
    call, track, decision = made.decided_call(officer, approver, len(units), HUB)
    card = made.rate_card(deposit_won=DEPOSIT)
    terms = Terms.objects.create(call=call, rate_card=card, start_date=today, first_term_months=2, max_months=24)
    terms.hubs.add(hub)
    found = made.Space(hub, floor, units, card, call, track, terms, decision, officer, approver, finance)
    made.selected(found, organisation=Organisation.objects.get(name_ko="가온체인 주식회사"))
    for other in invent(2, foreign=0, play=PLAY, before=today - timedelta(days=400)):
        made.selected(found, organisation=apply_as(other, now).organisation)
    return found


def published_renewal_call() -> Call:
    """The call that the officer drafted, put before the public by the approver."""
    call = Call.objects.select_related("cluster").get(programme="space-renewal", hubs=[HUB])
    return intake.publish_call(call=call, by=story.staff("approver"), now=database_now())


def judged(call: Call) -> None:
    """The tenant completes and sends what it began; the panel of three finds it good, and the result is told."""
    application, master = Application.objects.get(call=call), story.staff("startup")
    now, closes = database_now(), call.closes_at
    versions = {draft.section: draft.version for draft in application.drafts.all()}
    for section, answers in RENEWAL.items():
        entry = {"section": section, "answers": answers, "version": versions.get(section, 0)}
        intake.save_draft(application=application, by=master, now=now, **entry)
    intake.submit(application=application, key="renewal", by=master, now=now)
    officer, approver = story.staff("officer"), story.staff("approver")
    trial = rounds.Round(intake.close_call(call=call, by=officer, now=closes), officer, approver)
    intake.draw_lottery(call=trial.call, public_value="drand", by=officer, now=closes)
    trial.check_eligibility()
    trial.seat(size=3)
    stage = trial.assign(1)
    trial.score(stage, {str(Application.objects.get(pk=application.pk)): 25})
    intake.settle_stage(stage=stage, by=officer, now=closes)
    trial.tell(intake.prepare_final(call=trial.call, by=officer, now=closes))


def in_days(days: int) -> str:
    """A day from today on in Seoul, as a date field takes it."""
    return (database_now().astimezone(SEOUL).date() + timedelta(days=days)).isoformat()
