"""The company is the account: registering, inviting, leaving, handing over."""

from datetime import timedelta

import pytest

from portal.accounts import queries
from portal.accounts.enums import InvitationStatus, MemberKind, Origin
from portal.accounts.models import Invitation, Membership, Organisation
from portal.accounts.services import (
    accept_invitation,
    end_membership,
    hand_over_master,
    invite,
    register_organisation,
    withdraw_invitation,
)
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from portal.core.models import OutboxMessage
from tests.factories.people import NOW, company, leaves, number, person

pytestmark = pytest.mark.django_db


def register(by, business_number, **fields):
    return register_organisation(
        by=by, business_number=business_number, name_ko="누리노드", representative="이대표", now=NOW, **fields
    )


def test_whoever_registers_a_company_becomes_its_master():
    master = person()
    organisation = register(master, "999-88-00014")
    assert organisation.business_number == "9998800014"
    assert queries.master_of(organisation) == master
    assert list(queries.organisations_of(master)) == [organisation]


@pytest.mark.parametrize("wrong", ["9998800015", "", "123", "999 88 00014", "９９９８８０００１４"])
def test_a_wrong_number_names_its_field_and_creates_nothing(wrong):
    with pytest.raises(Invalid) as refusal:
        register(person(), wrong)
    assert refusal.value.field == "business_number"
    assert Organisation.objects.count() == 0


def test_a_foreign_company_may_have_no_number():
    first = register(person(), "", origin=Origin.FOREIGN)
    second = register(person(), "", origin=Origin.FOREIGN)
    assert (first.business_number, second.business_number) == (None, None)


def test_a_number_taken_tells_how_to_be_invited_and_not_by_whom():
    master = person("비밀대표", email="secret@example.com")
    company(master, business_number="9998800014")
    with pytest.raises(Invalid) as refusal:
        register(person(), "9998800014")
    assert "초대" in str(refusal.value)
    assert "비밀대표" not in str(refusal.value)
    assert "secret@" not in str(refusal.value)


def test_an_invited_colleague_becomes_a_member():
    master, colleague = person(), person(email="colleague@example.com")
    organisation = company(master)
    invitation = invite(by=master, organisation=organisation, email=" Colleague@Example.com ", now=NOW)
    membership = accept_invitation(by=colleague, invitation=invitation, now=NOW)
    assert (membership.kind, membership.since_at) == (MemberKind.MEMBER, NOW)
    invitation.refresh_from_db()
    assert (invitation.status, invitation.accepted_by, invitation.closed_at) == (
        InvitationStatus.ACCEPTED,
        colleague,
        NOW,
    )


def test_the_mail_waits_in_the_outbox_without_a_token():
    master = person()
    invitation = invite(by=master, organisation=company(master), email="a@example.com", now=NOW)
    message = OutboxMessage.objects.get(topic="account.invitation")
    assert message.payload == {"invitation": invitation.pk, "language": "ko"}


def test_only_the_master_invites():
    member = person()
    organisation = company(None, member)
    with pytest.raises(NotAllowed):
        invite(by=member, organisation=organisation, email="a@example.com", now=NOW)
    with pytest.raises(NotAllowed):
        invite(by=person(), organisation=organisation, email="a@example.com", now=NOW)


def test_a_second_invitation_to_an_address_replaces_the_first():
    master = person()
    organisation = company(master)
    first = invite(by=master, organisation=organisation, email="a@example.com", now=NOW)
    second = invite(by=master, organisation=organisation, email="A@example.com", now=NOW)
    first.refresh_from_db()
    assert first.status == InvitationStatus.WITHDRAWN
    assert list(queries.open_invitations(organisation, now=NOW)) == [second]


def test_a_member_is_not_invited_again():
    master, member = person(), person(email="member@example.com")
    organisation = company(master, member)
    with pytest.raises(Invalid) as refusal:
        invite(by=master, organisation=organisation, email="MEMBER@example.com", now=NOW)
    assert refusal.value.field == "email"


def test_an_invitation_is_for_its_address_only():
    master = person()
    invitation = invite(by=master, organisation=company(master), email="a@example.com", now=NOW)
    with pytest.raises(NotAllowed):
        accept_invitation(by=person(email="b@example.com"), invitation=invitation, now=NOW)


def test_an_invitation_ends_at_its_second():
    master, colleague = person(), person(email="a@example.com")
    invitation = invite(by=master, organisation=company(master), email="a@example.com", now=NOW)
    with pytest.raises(Late):
        accept_invitation(by=colleague, invitation=invitation, now=invitation.expires_at)
    accept_invitation(by=colleague, invitation=invitation, now=invitation.expires_at - timedelta(microseconds=1))


def test_a_withdrawn_invitation_cannot_be_accepted():
    master, colleague = person(), person(email="a@example.com")
    invitation = invite(by=master, organisation=company(master), email="a@example.com", now=NOW)
    stale = Invitation.objects.get(pk=invitation.pk)
    withdraw_invitation(by=master, invitation=invitation, now=NOW)
    with pytest.raises(Late):
        accept_invitation(by=colleague, invitation=invitation, now=NOW)
    with pytest.raises(Overtaken):
        accept_invitation(by=colleague, invitation=stale, now=NOW)


def test_a_member_leaves_and_the_ledger_says_so():
    member = person()
    organisation = company(None, member)
    membership = Membership.objects.get(user=member)
    end_membership(by=member, membership=membership, now=NOW + timedelta(days=1))
    assert not queries.is_member(member, organisation)
    [leaf] = leaves(membership)
    assert (leaf["type"], leaf["actor"]["role"]) == ("account.member_ended/1", "person")
    assert leaf["data"] == {"kind": "MEMBER", "ended": "left"}


def test_the_master_removes_a_member_and_a_member_nobody():
    master, member, other = person(), person(), person()
    organisation = company(master, member, other)
    with pytest.raises(NotAllowed):
        end_membership(by=member, membership=Membership.objects.get(user=other), now=NOW)
    end_membership(by=master, membership=Membership.objects.get(user=other), now=NOW)
    assert [m.user for m in queries.members_of(organisation)] == [master, member]


def test_a_membership_ends_once():
    member = person()
    company(None, member)
    membership = Membership.objects.get(user=member)
    stale = Membership.objects.get(pk=membership.pk)
    end_membership(by=member, membership=membership, now=NOW)
    with pytest.raises(Overtaken):
        end_membership(by=member, membership=stale, now=NOW)


def test_the_master_cannot_leave_before_handing_over():
    master, member = person(), person()
    organisation = company(master, member)
    own = Membership.objects.get(user=master)
    with pytest.raises(NotAllowed):
        end_membership(by=master, membership=own, now=NOW)
    hand_over_master(by=master, membership=Membership.objects.get(user=member), now=NOW + timedelta(days=9))
    assert (queries.is_master(member, organisation), queries.is_master(master, organisation)) == (True, False)
    assert queries.is_member(master, organisation)


def test_after_a_handover_it_stays_readable_who_signed_when():
    master, member = person(), person()
    organisation = company(master, member)
    later = NOW + timedelta(days=9)
    hand_over_master(by=master, membership=Membership.objects.get(user=member), now=later)
    rows = Membership.objects.filter(organisation=organisation, kind=MemberKind.MASTER).order_by("since_at")
    assert [(row.user, row.since_at, row.ended_at) for row in rows] == [(master, NOW, later), (member, later, None)]


def test_only_the_master_hands_over_and_not_to_themselves():
    master, member = person(), person()
    company(master, member)
    with pytest.raises(NotAllowed):
        hand_over_master(by=member, membership=Membership.objects.get(user=member), now=NOW)
    with pytest.raises(Invalid):
        hand_over_master(by=master, membership=Membership.objects.get(user=master), now=NOW)


def test_made_up_numbers_are_valid():
    assert register(person(), number()).business_number.startswith("999")
