"""Two at once: real connections, real commits, one winner."""

import threading

from django.db import connection

from ledger import log
from portal.accounts.models import Invitation, Membership, Organisation, RoleAssignment, User
from portal.accounts.services import (
    accept_invitation,
    end_membership,
    hand_over_master,
    invite,
    register_organisation,
    revoke_role,
)
from portal.core.errors import Refused
from tests.factories.people import NOW, company, leaves, person, with_role


def at_once(*calls):
    """Run the calls in threads from one barrier; answers how each ended: None, or the name of the refusal."""
    barrier, ends = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            barrier.wait(timeout=10)
            call()
        except Refused as refusal:
            ends[place] = type(refusal).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return ends


def test_two_tabs_accept_one_invitation(committed_db):
    master, colleague = person(), person(email="a@example.com")
    invitation = invite(by=master, organisation=company(master), email="a@example.com", now=NOW)

    def accept():
        fresh = Invitation.objects.select_related("organisation").get(pk=invitation.pk)
        accept_invitation(by=User.objects.get(pk=colleague.pk), invitation=fresh, now=NOW)

    ends = at_once(accept, accept)
    assert ends.count(None) == 1
    assert Membership.objects.filter(user=colleague).count() == 1


def test_two_people_register_one_number(committed_db):
    people = [person(), person()]

    def register(user):
        register_organisation(
            by=user, business_number="9998800014", name_ko="가온체인", representative="김가온", now=NOW
        )

    ends = at_once(*(lambda user=user: register(user) for user in people))
    assert sorted(ends, key=str) == ["Invalid", None]
    assert Organisation.objects.count() == Membership.objects.count() == 1


def test_the_master_is_handed_over_to_one_of_two(committed_db):
    master = person()
    organisation = company(master, person(), person())
    members = list(Membership.objects.filter(kind="MEMBER").select_related("organisation", "user"))
    ends = at_once(*(lambda row=row: hand_over_master(by=master, membership=row, now=NOW) for row in members))
    assert ends.count(None) == 1
    assert Membership.objects.filter(organisation=organisation, kind="MASTER", ended_at__isnull=True).count() == 1
    assert Membership.objects.filter(organisation=organisation, ended_at__isnull=True).count() == 3


def test_a_member_leaves_while_the_master_removes_them(committed_db):
    master, member = person(), person()
    company(master, member)
    rows = [Membership.objects.select_related("organisation", "user").get(user=member) for _ in range(2)]
    ends = at_once(
        lambda: end_membership(by=member, membership=rows[0], now=NOW),
        lambda: end_membership(by=master, membership=rows[1], now=NOW),
    )
    assert sorted(ends, key=str) == [None, "Overtaken"]
    assert len(leaves(rows[0])) == 1


def test_a_role_is_taken_once(committed_db):
    user = with_role("auditor")
    rows = [RoleAssignment.objects.get(user=user) for _ in range(2)]
    ends = at_once(*(lambda row=row: revoke_role(by=log.SYSTEM, assignment=row, now=NOW) for row in rows))
    assert sorted(ends, key=str) == [None, "Overtaken"]
    assert len(leaves(rows[0])) == 2
