"""An organisation of one person: applied under in one's own name, alone, and gone with the account."""

import pytest
from django.db import IntegrityError, transaction

from portal.accounts import queries
from portal.accounts.models import Invitation, Membership, Organisation, User
from portal.accounts.personal import keys_of
from portal.accounts.roles import ADMIN
from portal.accounts.services import (
    change_profile,
    delete_person,
    invite,
    organisation_of_person,
    request_deletion,
)
from portal.core.errors import Invalid, NotAllowed
from tests.accounts.test_races import at_once
from tests.factories.people import NOW, company, number, person, with_role


@pytest.mark.django_db
def test_it_is_made_once_and_is_no_company():
    student = person("김하늘")
    own = organisation_of_person(user=student, now=NOW)
    assert organisation_of_person(user=student, now=NOW) == own
    assert (own.name_ko, own.business_number) == ("김하늘", None)
    assert queries.is_master(student, own)
    assert not queries.organisations_of(student).exists()
    assert own.pk in {row["organisation"] for row in queries.acted_for(student)}


@pytest.mark.django_db
def test_an_account_without_a_name_is_asked_for_one():
    with pytest.raises(Invalid, match="이름"):
        organisation_of_person(user=person(""), now=NOW)


@pytest.mark.django_db
def test_nobody_is_invited_to_it():
    student = person()
    with pytest.raises(NotAllowed):
        invite(by=student, organisation=organisation_of_person(user=student, now=NOW), email="a@example.com", now=NOW)


@pytest.mark.django_db
def test_it_follows_the_name_and_goes_with_the_account():
    student, admin = person("김하늘"), with_role(ADMIN)
    own = organisation_of_person(user=student, now=NOW)
    change_profile(by=student, name="김바다", language="ko")
    own.refresh_from_db()
    assert (own.name_ko, own.representative) == ("김바다", "김바다")
    assert set(own.ledger_keys) <= set(keys_of(student))
    request_deletion(by=student, now=NOW)
    delete_person(by=admin, user=student, now=NOW)
    own.refresh_from_db()
    assert (own.name_ko, own.representative) == ("", "")
    assert not queries.members_of(own).exists()


@pytest.mark.django_db
def test_the_database_lets_nobody_else_act_for_it():
    student, other = person(), person()
    own, theirs = organisation_of_person(user=student, now=NOW), company(other)
    mine = Membership.objects.get(organisation=own)
    attempts = [
        lambda: Membership.objects.create(organisation=own, user=other, kind="MEMBER", since_at=NOW),
        lambda: Membership.objects.filter(pk=mine.pk).update(user=other),
        lambda: Membership.objects.filter(pk=mine.pk).update(kind="MEMBER"),
        lambda: Membership.objects.filter(organisation=theirs).update(organisation=own),
        lambda: Organisation.objects.filter(pk=own.pk).update(business_number=number()),
        lambda: Organisation.objects.filter(pk=own.pk).update(person=None),
        lambda: Organisation.objects.filter(pk=theirs.pk).update(person=other, business_number=None),
        lambda: Organisation.objects.create(person=student, name_ko="또", representative="또"),
        lambda: Invitation.objects.create(
            organisation=own, email="b@example.com", token_hash="0" * 64, invited_by=student, expires_at=NOW
        ),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_two_tabs_make_one(committed_db):
    student = person()
    ends = at_once(*[lambda: organisation_of_person(user=User.objects.get(pk=student.pk), now=NOW)] * 3)
    assert ends == [None, None, None]
    assert Organisation.objects.filter(person=student).count() == 1
    assert Membership.objects.filter(user=student).count() == 1
