"""Design 05 §12, cell by cell: each action of the room, who of the desk may take it, and who of the company."""

from __future__ import annotations

import pytest

from portal.accounts import services as accounts
from portal.accounts.roles import ROLES, roles_for
from portal.core.errors import NotAllowed
from tenancy import rules
from tenancy.enums import Side
from tenancy.models import Deposit, MoveOut, RenewalReview
from tests.factories.people import person, with_role
from tests.factories.space import NOW, master, resident, space

OFF, APP, FIN, AUD = "space.officer", "space.approver", "space.finance", "auditor"
#: Each row of the table of the design, as the actions that roles hold; a row with two halves has two.
DESK = {
    "see leases": ({"lease.read"}, {OFF, APP, AUD}),
    "see invoices, for who may not see leases": ({"invoice.read"}, {FIN, AUD}),
    "cells, units, rate cards: drafts": ({"unit.draft", "rate_card.draft"}, {OFF}),
    "cells, units, rate cards: puts in force": ({"unit.put_in_force", "rate_card.put_in_force"}, {APP}),
    "rate cards: second look": ({"rate_card.second"}, {FIN}),
    "run an allocation": ({"allocation.run"}, {OFF}),
    "confirm and publish": ({"allocation.confirm", "allocation.publish"}, {APP}),
    "revoke an offer, terminate, amend: prepares": ({"offer.prepare", "lease.prepare"}, {OFF}),
    "revoke an offer, terminate, amend: decides": ({"offer.revoke", "lease.decide"}, {APP}),
    "issue invoices, import payments": ({"invoice.issue", "payment.import"}, {FIN}),
    "credit note: prepares": ({"credit_note.prepare"}, {FIN}),
    "credit note: approves": ({"credit_note.decide"}, {APP}),
    "move-in, inspection, bookings": ({"move.record", "booking.handle", "charge.record"}, {OFF}),
    "tickets": ({"ticket.handle"}, {OFF, "desk.support"}),
    "return a deposit: proposes": ({"deposit.propose"}, {OFF}),
    "return a deposit: approves": ({"deposit.decide"}, {APP}),
    "return a deposit: pays": ({"deposit.pay"}, {FIN}),
}


@pytest.mark.parametrize("row", DESK)
def test_the_desk(row):
    actions, roles = DESK[row]
    for action in actions:
        assert roles_for(action) == roles, action


def test_no_action_of_the_room_is_missing_from_the_table():
    named = set().union(*(actions for actions, _roles in DESK.values()))
    shared = set.intersection(*(set(role.actions) for role in (ROLES["space.officer"], ROLES["college.officer"])))
    of_intake = shared | ROLES["college.approver"].actions
    held = set().union(*(ROLES[code].actions for code in (OFF, APP, FIN)))
    assert held - of_intake - named == set()


@pytest.fixture
def company(db):
    """A tenant with its master, a member, somebody of another company, and each desk."""
    place = space("801")
    lease = resident(place, "801")
    boss, colleague = master(lease.offer.need), person("구성원")
    invited = accounts.invite(by=boss, organisation=lease.organisation, email=colleague.email, now=NOW)
    accounts.accept_invitation(by=colleague, invitation=invited, now=NOW)
    place.lease, place.master, place.member, place.stranger = lease, boss, colleague, person("다른 사람")
    place.auditor = with_role("auditor")
    return place


def allowed(check, by, *things) -> bool:
    try:
        check(by, *things)
    except NotAllowed:
        return False
    return True


#: What the company itself does: on what, and whether any member may (else its master account alone).
OWN = {
    "see own lease, invoices": (
        rules.check_can_see_lease,
        "lease",
        True,
        {"officer", "approver", "finance", "auditor"},
    ),
    "see handing over, terms, leaving": (rules.check_can_see_stay, "lease", True, {"officer", "approver", "auditor"}),
    "raise tickets": (rules.check_can_open_ticket, "organisation", True, set()),
    "book rooms": (rules.check_can_book, "organisation", True, set()),
    "confirm the handing over": (rules.check_can_confirm_move_in, "lease", True, set()),
    "accept or decline an offer": (rules.check_can_answer_offer, "offer", False, set()),
    "sign": (rules.check_can_sign_as_tenant, "lease", False, set()),
    "give notice": (rules.check_can_give_notice, "lease", False, set()),
    "ask renewal": (rules.check_can_ask_renewal, "review", False, set()),
    "object": (rules.check_can_object_to_settlement, "deposit", False, set()),
    "photograph the room": (rules.check_can_photograph, "move_out", True, {"officer"}),
}


@pytest.mark.parametrize("row", OWN)
def test_the_company(company, row):
    check, thing, members, desks = OWN[row]
    lease = company.lease
    things = {
        "lease": lease,
        "organisation": lease.organisation,
        "offer": lease.offer,
        "review": RenewalReview(lease=lease),
        "deposit": Deposit(lease=lease),
        "move_out": MoveOut(lease=lease),
    }
    wanted = {"master", *desks, *({"member"} if members else ())}
    people = ("master", "member", "stranger", "officer", "approver", "finance", "auditor")
    assert {who for who in people if allowed(check, getattr(company, who), things[thing])} == wanted


def test_nobody_signs_an_amendment_for_the_other_side(company):
    from tenancy.models import Amendment

    change = Amendment(lease=company.lease)
    for side, who in ((Side.TENANT, "master"), (Side.LESSOR, "approver")):
        signers = {
            name for name in ("master", "member", "officer", "approver", "finance", "stranger")
            if allowed(lambda by, side=side: rules.check_can_sign_amendment(by, change, side), getattr(company, name))
        }  # fmt: skip
        assert signers == {who}
