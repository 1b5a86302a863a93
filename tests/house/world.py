"""One of everything that an address can name, and one person of each role around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.management import call_command

from fund.models import Partner
from fund.services import (
    approve_distribution,
    build_snapshot,
    issue_statements,
    pay_distribution,
    propose_distribution,
    propose_measure,
    propose_settlement,
    publish_snapshot,
    see_snapshot,
    set_report_terms,
    table_deal,
)
from ledger import log
from ledger.models import Record
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.core.clock import database_now
from portal.core.models import OutboxMessage
from portal.core.periods import SEOUL
from portal.intake import services
from portal.intake.models import ResultNotice, Revision
from portal.intake.services.files import attach_file
from portal.notices.models import Notice
from tenancy.enums import LeaseFileKind
from tenancy.models import ArrearsCase, Deposit, Graduation, Lease
from tenancy.services import (
    Wish,
    accept_offer,
    ask_for_room,
    bill_month,
    book,
    draft_tariff,
    dun,
    give_notice,
    invite_renewals,
    issue_invoice,
    move_in,
    open_ticket,
    prepare_area,
    prepare_credit,
    prepare_lease,
    run_allocation,
    share_cost,
)
from tenancy.services.lease_files import keep_lease_file
from tests.factories import fund, intake, people, space
from tests.factories.intake import OPENS, Round
from tests.fund import filing

#: Who comes: a visitor; a company that has nothing to do with the case; the same desk in another city; then those concerned.
ROLES = (
    "anonymous",
    "stranger",
    "elsewhere",
    "member",
    "master",
    "evaluator",
    "officer",
    "approver",
    "finance",
    "auditor",
    "admin",
)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


@dataclass
class World:
    """``people`` by role (the visitor is None); ``things``: the arguments of addresses, by the name a row uses."""

    people: dict[str, User | None]
    things: dict[str, list[Any]] = field(default_factory=dict)


def build() -> World:
    """A call whose files evaluators score, one of them ours; a draft of ours; a room of ours in the same city."""
    call_command("load_plans", verbosity=0)
    trial = intake.open_round()
    application = trial.apply()
    master, member = trial.masters[0], people.person("구성원")
    world = World(_people(master, member))
    _company(world, application.organisation, master, member)
    _application(world, trial, application)
    _review(world, trial)
    _room(world, application.organisation)
    _fund(world, application.organisation)
    dead = OutboxMessage.objects.create(topic="test", status="DEAD")
    world.things |= {
        "front page": [""],
        "cluster": ["seoul"],
        "promise": ["seoul", "college"],
        "dead letter": [dead.pk],
        "leaf": [Record.objects.order_by("id").first().leaf_id],
        "own leaf": [Revision.objects.get(application=application).leaf_id],
        "hub level": ["mapo", 8],
    }
    return world


def _people(master: User, member: User) -> dict[str, User | None]:
    stranger = people.person("다른 기업")
    people.company(stranger, name="다른기업")
    seoul, incheon = people.cluster("seoul"), people.cluster("incheon")
    return {
        "anonymous": None,
        "stranger": stranger,
        "elsewhere": people.with_role("space.officer", cluster=incheon),
        "member": member,
        "master": master,
        "officer": people.with_role("space.officer", cluster=seoul),
        "approver": people.with_role("space.approver", cluster=seoul),
        "auditor": people.with_role("auditor"),
        "finance": people.with_role("space.finance", cluster=seoul),
        "admin": people.with_role("admin"),
    }


def _company(world: World, organisation: Any, master: User, member: User) -> None:
    invited = accounts.invite(by=master, organisation=organisation, email=member.email, now=OPENS)
    membership = accounts.accept_invitation(by=member, invitation=invited, now=OPENS)
    invitation = accounts.invite(by=master, organisation=organisation, email=world.people["stranger"].email, now=OPENS)
    affiliation = accounts.declare_affiliation(
        organisation=organisation, kind="PARENT", business_number="123-45-67891", name="모회사",
        since=OPENS.date(), by=master, now=OPENS,
    )  # fmt: skip
    notice = Notice.objects.create(user=master, topic="test", title="알림")
    role = world.people["officer"].role_assignments.get()
    leaving = people.person("떠나는 사람")
    accounts.request_deletion(by=leaving, now=OPENS)
    hold = log.place_hold(world.people["stranger"].ledger_subject(), basis="audit", reason="감사", by=log.SYSTEM)
    world.things |= {
        "hold": [hold],
        "organisation": [organisation.public_id],
        "membership": [membership.pk],
        "invitation": [invitation.pk],
        "affiliation": [affiliation.pk],
        "token": [accounts.issue_token(invitation=invitation)],
        "notice": [notice.pk],
        "role": [role.pk],
        "person": [leaving.public_id],
    }


def _application(world: World, trial: Round, application: Any) -> None:
    other = intake.open_round()
    draft = services.start_application(
        call=other.call,
        organisation=application.organisation,
        track=other.call.tracks.get(code="DOMESTIC"),
        by=trial.masters[0],
        now=OPENS,
    )
    file = attach_file(
        application=draft, block="deck", name="계획.pdf", content=ContentFile(PDF), by=trial.masters[0], now=OPENS
    )
    revision = Revision.objects.get(application=application)
    waiting = other.apply()
    written = services.create_call(
        cluster=other.call.cluster, programme="trial", data=intake.definition(), by=other.officer, now=OPENS
    )
    world.things |= {
        "call": [trial.call.code],
        "application": [application.public_id],
        "receipt": [application.public_id, revision.number],
        "draft": [draft.public_id],
        "call page": [trial.call.code, "company"],
        "open call": [other.call.code],
        "open call page": [other.call.code, "plan"],
        "open call question": [other.call.code, "plan", "idea"],
        "draft call": [written.code],
        "draft call part": [written.code, "tracks"],
        "draft call stage": [written.code, 1],
        "waiting application": [waiting.public_id],
        "draft page": [draft.public_id, "company"],
        "draft block": [draft.public_id, "deck"],
        "file": [file.public_id],
    }


def _review(world: World, trial: Round) -> None:
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    sheet = intake.open_sheets(stage)[0]
    result = ResultNotice.objects.get(application=sheet.assignment.application)
    master = world.people["master"]
    appeal = services.file_appeal(notice=result, grounds="다시 보아 주십시오.", by=master, now=intake.REVIEW)
    world.people["evaluator"] = sheet.assignment.member.evaluator.user
    sitting = services.call_sitting(
        stage=stage,
        starts_at=intake.REVIEW + timedelta(days=1),
        ends_at=intake.REVIEW + timedelta(days=2),
        place="회의실",
        by=trial.officer,
        now=intake.REVIEW,
    )
    interest = services.declare_interest(
        kind="MENTOR", name="새싹", business_number="123-45-67891", since=OPENS.date(),
        by=world.people["evaluator"], now=intake.REVIEW,
    )  # fmt: skip
    hold = services.place_hold(call=trial.call, basis="audit", reason="감사", by=trial.officer, now=intake.REVIEW)
    other = next(judge for judge in trial.evaluators if judge.user_id != world.people["evaluator"].pk)
    challenge = services.file_challenge(
        application=sheet.assignment.application, evaluator=other, grounds="옛 동료", by=master, now=intake.REVIEW
    )
    world.things |= _exceptions(trial, sheet) | {
        "challenge": [trial.call.code, challenge.pk],
        "sitting": [sitting.public_id],
        "interest": [interest.pk],
        "hold": [hold.public_id],
        "no bonus": [sheet.assignment.application.public_id, "X"],
        "no hit": [trial.call.code, 1, 1],
        "no rating": [sheet.assignment.application.public_id, 1],
        "sheet": [sheet.public_id],
        "call step": [trial.call.code, "final"],
        "stage": [trial.call.code, 1],
        "stage step": [trial.call.code, 1, "settle"],
        "finding": [sheet.assignment.application.public_id, "tax_clear"],
        "decision": [trial.call.decisions.first().public_id],
        "decision line": [trial.call.decisions.first().public_id, trial.call.decisions.first().lines.first().pk],
        "result": [result.public_id],
        "appeal": [appeal.public_id],
    }


def _exceptions(trial: Round, sheet: Any) -> dict[str, list[Any]]:
    """A code that waits for its second person, a case, and the places where a panel is changed."""
    late = intake.open_round()
    entry, other = late.draft(), late.apply()
    late.close()
    code, _text = services.issue_late_code(
        call=late.call,
        organisation=entry.organisation,
        reason="장애",
        evidence="공문",
        expires_at=database_now() + timedelta(days=1),
        by=late.officer,
        now=intake.REVIEW,
    )
    case = services.notice_case(application=other, ground="OTHER", evidence="공문", by=late.officer, now=database_now())
    stage, file = sheet.assignment.stage, sheet.assignment.application
    return {
        "late code": [code.public_id],
        "case": [case.public_id],
        "call track": [trial.call.code, "DOMESTIC"],
        "member": [trial.call.code, stage.number, sheet.assignment.member_id],
        "stage file": [trial.call.code, stage.number, file.public_id],
        "assignment": [sheet.assignment.public_id],
    }


def _room(world: World, organisation: Any) -> None:
    """An open offer to our company, and a lease of a second company of the same people."""
    place = space.space("801 802 803 804")
    offer = space.offered(place, space.selected(place, organisation=organisation), "801")
    second = people.company(world.people["master"], world.people["member"], name="둘째기업")
    lease = space.leased(place, space.selected(place, organisation=second), "802")
    unsigned = _unsigned(world, place)
    space.selected(place)
    run = run_allocation(call=place.call, by=place.officer, now=space.NOW)
    [invoice] = bill_month(hub=place.hub, month=space.START.replace(day=1))
    world.things |= _money(world, place, lease)
    world.things |= _daily(world, place, second)
    world.things |= {
        "offer": [offer.public_id],
        "lease": [lease.public_id],
        "unsigned lease": [unsigned.public_id],
        "invoice": [invoice.pk],
        "rate card": ["seoul", place.card.code, place.card.version],
        "space call": [place.call.code],
        "run step": [place.call.code, run.number, "confirm"],
        "run number": [place.call.code, run.number],
    }


def _reported(made: Any) -> dict[str, list[Any]]:
    """A quarter with an applied report that differs from the books, and an open correction of it."""
    set_report_terms(
        programme=made.programme, start=date(2019, 1, 1), source="운용지침", by=made.approver, now=fund.NOW
    )
    made.reporter = made.sub_fund.manager.memberships.get().user
    first = filing.hand_in(made, filing.filled(made, S_C2=1))
    filing.confirm(made, first)
    second = filing.hand_in(made, filing.filled(made, H_F2=-1), reason="정정")
    return {
        "duty": [fund.bound(made).public_id],
        "fund report": [made.sub_fund.public_id, 2019, 2],
        "fund upload": [second.public_id],
        "fund upload step": [second.public_id, "check"],
        "fund break": [first.breaks.get(figure="CASH").public_id],
    }


def _fund(world: World, organisation: Any) -> None:
    """A sub-fund with one call sent; our company is one of its partners."""
    made = fund.investing()
    lot = fund.invested(made, 10_000_000)
    deal = fund.deal(made)
    table_deal(deal=deal, by=made.manager, now=fund.INVESTED)
    waiting = fund.deal(made)
    value = fund.submitted(made, lot.holding, 11_000_000)
    asked = {"kind": "WRITE_DOWN", "amount": 1, "on": fund.DAY, "reason": "OTHER"}
    measure = propose_measure(holding=lot.holding, by=made.manager, now=fund.INVESTED, **asked)
    partner = made.partners["alpha"]
    Partner.objects.filter(pk=partner.pk).update(organisation=organisation)
    call = made.call(100_000_000)
    share = call.shares.get(commitment__partner=partner)
    made.pay(call)
    paid_at = fund.NOW + timedelta(days=60)
    row = propose_distribution(
        sub_fund=made.sub_fund, kind="PERMANENT", amount=1_000_000, on=paid_at.date(), by=made.manager, now=paid_at
    )
    paid = propose_distribution(
        sub_fund=made.sub_fund, kind="PERMANENT", amount=1_000_000, on=paid_at.date(), by=made.manager, now=paid_at
    )
    approve_distribution(distribution=paid, by=made.approver)
    pay_distribution(distribution=paid, by=made.manager, now=paid_at)
    asked = {"kind": "INCOME", "on": paid_at.date(), "amount": 1}
    settlement = propose_settlement(sub_fund=made.sub_fund, by=made.manager, now=paid_at, **asked)
    world.people["fund manager"] = made.manager
    world.people["gp reporter"] = made.sub_fund.manager.memberships.get().user
    world.things |= {
        **_reported(made),
        **_told(made, share.commitment, paid_at),
        "sub fund": [made.sub_fund.public_id],
        "commitment": [share.commitment.public_id],
        "programme": [made.programme.code],
        "deal": [deal.public_id],
        "deal step": [waiting.public_id, "table"],
        "motion": [deal.motion.public_id],
        "motion step": [deal.motion.public_id, "open"],
        "holding": [lot.holding.public_id],
        "lot": [lot.pk],
        "valuation": [value.public_id],
        "valuation step": [value.public_id, "approve"],
        "measure": [measure.public_id],
        "measure step": [measure.public_id, "approve"],
        "fund company": [lot.holding.company.public_id],
        "capital call": [call.public_id],
        "capital call step": [call.public_id, "rescind"],
        "distribution": [row.public_id],
        "distribution step": [row.public_id, "pay"],
        "fund figure": ["nav"],
        "fund data": ["json"],
        "settlement": [settlement.public_id],
        "settlement step": [settlement.public_id, "approve"],
        "call share": [share.pk],
        "distribution notice": [paid.public_id, share.commitment.public_id],
        "call notice": [call.public_id, share.commitment.public_id],
    }


def _told(made: fund.House, commitment: Any, now: datetime) -> dict[str, list[Any]]:
    """Published figures of a month and a quarter, figures that wait, and the statement of a commitment."""
    month, waiting, quarter = _frozen(made, now), _frozen(made, now), _frozen(made, now, "QUARTER")
    for one in (month, quarter):
        see_snapshot(snapshot=one, by=made.approver)
        publish_snapshot(snapshot=one, by=made.approver, now=now)
    told = issue_statements(sub_fund=made.sub_fund, snapshot=quarter, by=made.approver, now=now)
    return {
        "fund snapshot": [month.public_id],
        "fund snapshot step": [waiting.public_id, "see"],
        "fund quarter": [quarter.public_id],
        "fund statement": [next(one for one in told if one.commitment == commitment).public_id],
    }


def _frozen(made: fund.House, now: datetime, kind: str = "MONTH") -> Any:
    return build_snapshot(programme=made.programme, kind=kind, on=date(2019, 3, 31), by=made.manager, now=now)


def _money(world: World, place: space.Space, lease: Lease) -> dict[str, list[Any]]:
    """A lease at its end; a deposit, an amendment that waits for signatures, a credit note that waits for a decision."""
    move_in(lease=lease, on=space.START, by=place.officer, now=space.NOW)
    invite_renewals(now=space.NOW.replace(year=2020, month=10))
    leaving = give_notice(
        lease=lease, leave_date=space.START.replace(year=2020), by=world.people["master"], now=space.NOW
    )
    deposit = Deposit.objects.create(lease=lease, due_won=1_000_000)
    log.append("space.deposit.asked", row=deposit, by=log.SYSTEM, data={"to": "DUE", "due": deposit.due_won})
    amendment = prepare_area(
        lease=lease, area_m2="21.00", on=space.START, reason="실측", by=place.officer, now=space.NOW
    )
    [second] = bill_month(hub=place.hub, month=space.START.replace(year=2020, month=1, day=1))
    issue_invoice(invoice=second, by=place.finance, now=space.NOW)
    line = second.lines.get()
    graduated = Graduation.objects.create(
        lease=lease,
        organisation=lease.organisation,
        graduated_date=space.START,
        ground="GROWTH",
        reason="더 넓은 공간이 필요합니다.",
    )
    data = {"on": space.START, "ground": "GROWTH"}
    log.append("space.graduation.granted", row=graduated, by=log.SYSTEM, data=data)
    dun(now=space.NOW.replace(year=2020, month=3))
    half = line.period.lower.replace(day=16)
    note = prepare_credit(line=line, used_to=half, reason="중도 퇴거", by=place.finance, now=space.NOW)
    photo = keep_lease_file(
        lease,
        ContentFile(b"\x89PNG\r\n\x1a\n" + b"\0" * 40, name="room.png"),
        LeaseFileKind.MOVE_IN,
        by=place.officer,
        now=space.NOW,
    )
    tariff = draft_tariff(hub=place.hub, kind="WATER", won=Decimal(900), from_month=space.START, by=place.officer)
    bill = ContentFile(b"\x89PNG\r\n\x1a\n" + b"\0" * 40, name="bill.png")
    later = space.NOW.replace(year=2020, month=2)
    cost = share_cost(
        hub=place.hub, month=space.START, kind="LIFT", amount=1_000, evidence=bill, by=place.officer, now=later
    )
    return {
        "tariff": [place.hub.code, "water", tariff.version],
        "shared cost": [cost.public_id],
        "running lease": [lease.public_id],
        "lease file": [photo.public_id],
        "graduated lease": [lease.public_id],
        "renewal": [lease.renewals.get().public_id],
        "move-out": [leaving.public_id],
        "hub": [place.hub.code],
        "lease with deposit": [lease.public_id],
        "amendment": [amendment.public_id],
        "invoice line": [line.pk],
        "arrears case": [ArrearsCase.objects.get(lease=lease).public_id],
        "need": [lease.offer.need.case_ref],
        "issued invoice": [lease.public_id, second.pk],
        "credit note": [note.pk],
    }


def _unsigned(world: World, place: space.Space) -> Lease:
    """A lease that waits for both signatures."""
    third = people.company(world.people["master"], world.people["member"], name="셋째기업")
    offer = space.offered(place, space.selected(place, organisation=third), "803")
    accept_offer(offer=offer, by=world.people["master"], now=space.NOW, agreed=True)
    return prepare_lease(offer=offer, by=place.officer, now=space.NOW)


def _daily(world: World, place: space.Space, organisation: Any) -> dict[str, list[Any]]:
    """A meeting room that our company has booked."""
    room = space.meeting_room(place.hub)
    start = database_now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    noon = start.astimezone(SEOUL).replace(hour=12)
    booking = book(
        wish=Wish(room, organisation, "회의"),
        starts_at=noon,
        ends_at=noon + timedelta(hours=1),
        by=world.people["master"],
        now=database_now(),
    )
    waiting = ask_for_room(
        room=room,
        organisation=organisation,
        starts_at=noon,
        ends_at=noon + timedelta(hours=1),
        by=world.people["master"],
        now=database_now(),
    )
    photo = ContentFile(PDF, name="문.pdf")
    ticket = open_ticket(
        hub=place.hub,
        organisation=organisation,
        category="REPAIR",
        title="문",
        text="문",
        by=world.people["master"],
        now=space.NOW,
        attached=[photo],
    )
    return {
        "meeting room": [place.hub.code, room.code],
        "booking": [booking.public_id],
        "room wait": [waiting.public_id],
        "ticket": [ticket.public_id],
        "ticket file": [ticket.files.get().public_id],
    }
