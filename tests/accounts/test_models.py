"""What the database itself holds, gone at around the services."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from portal.accounts.models import Consent, Invitation, Membership, User
from portal.accounts.services import invite
from tests.factories.people import NOW, company, person

pytestmark = pytest.mark.django_db


def refused(constraint, statement, *values):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_address_belongs_to_one_person_in_any_case():
    person(email="kim@example.com")
    with pytest.raises(IntegrityError, match="user_email_any_case"), transaction.atomic():
        User.objects.bulk_create([User(email="KIM@example.com")])


def test_a_company_number_is_ten_digits_and_unique():
    organisation = company(business_number="9998800014")
    other = company()
    statement = "UPDATE accounts_organisation SET business_number = %s WHERE id = %s"
    refused("organisation_number_ten_digits", statement, "999880001", organisation.pk)
    refused("organisation_number_ten_digits", statement, "99988-0001", organisation.pk)
    refused("business_number", statement, "9998800014", other.pk)


def test_a_company_has_one_master_and_a_person_one_live_membership():
    master, member = person(), person()
    company(master, member)
    refused("one_live_master", "UPDATE accounts_membership SET kind = 'MASTER' WHERE user_id = %s", member.pk)
    again = Membership.objects.get(user=member)
    with pytest.raises(IntegrityError, match="one_live_membership"), transaction.atomic():
        Membership.objects.bulk_create([Membership(organisation=again.organisation, user=member, since_at=NOW)])


def test_a_membership_is_of_a_known_kind_and_ends_after_it_began():
    member = person()
    company(None, member)
    refused("membership_kind_known", "UPDATE accounts_membership SET kind = 'KING' WHERE user_id = %s", member.pk)
    statement = "UPDATE accounts_membership SET ended_at = %s WHERE user_id = %s"
    refused("membership_ends_after_start", statement, NOW - timedelta(seconds=1), member.pk)


def test_an_invitation_is_open_or_closed_as_a_whole():
    master = person()
    invitation = invite(by=master, organisation=company(master), email="a@example.com", now=NOW)
    statement = "UPDATE accounts_invitation SET {} WHERE id = %s"
    refused("invitation_status_known", statement.format("status = 'MAYBE', closed_at = now()"), invitation.pk)
    refused("invitation_closed_has_time", statement.format("status = 'WITHDRAWN'"), invitation.pk)
    refused("invitation_accepted_by_someone", statement.format("status = 'ACCEPTED', closed_at = now()"), invitation.pk)
    with pytest.raises(IntegrityError, match="one_open_invitation_per_address"), transaction.atomic():
        Invitation.objects.bulk_create(
            [
                Invitation(
                    organisation=invitation.organisation,
                    email="A@EXAMPLE.com",
                    invited_by=master,
                    token_hash="x",
                    expires_at=NOW,
                )
            ]
        )


def test_one_live_consent_per_purpose():
    user = person()
    Consent.objects.create(user=user, purpose="news", given_at=NOW)
    with pytest.raises(IntegrityError, match="one_live_consent"), transaction.atomic():
        Consent.objects.create(user=user, purpose="news", given_at=NOW)
    statement = "UPDATE accounts_consent SET withdrawn_at = %s WHERE user_id = %s"
    refused("consent_withdrawn_after_given", statement, NOW - timedelta(seconds=1), user.pk)
