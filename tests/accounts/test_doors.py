"""The account's pages, as the people who use them."""

import pytest
from django.urls import reverse

from portal.accounts.models import Consent, Invitation, Membership, Organisation, User
from portal.accounts.services import invite
from portal.core.clock import database_now
from tests.factories.people import cluster, company, person, with_role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["account", "consents", "data", "organisations", "register"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_opens_for_its_owner_and_sends_a_visitor_to_the_door(client, signed_in, name, language):
    address = reverse(f"accounts:{name}").replace("/ko/", f"/{language}/")
    assert client.get(address).url.startswith(reverse("account_login").replace("/ko/", f"/{language}/"))
    signed_in()
    assert client.get(address).status_code == 200


def test_a_company_is_registered_by_its_form(client, signed_in):
    user = signed_in()
    values = {
        "origin": "DOMESTIC",
        "business_number": "999-88-00014",
        "name_ko": "가온체인",
        "representative": "김가온",
    }
    answer = client.post(reverse("accounts:register"), values)
    organisation = Organisation.objects.get(business_number="9998800014")
    assert answer.url == reverse("accounts:organisation", args=[organisation.public_id])
    assert Membership.objects.get(organisation=organisation).user == user


def test_a_wrong_number_is_said_at_the_field_and_the_input_stays(client, signed_in):
    signed_in()
    values = {
        "origin": "DOMESTIC",
        "business_number": "999-88-00015",
        "name_ko": "가온체인",
        "representative": "김가온",
    }
    answer = client.post(reverse("accounts:register"), values)
    assert answer.status_code == 422
    assert "사업자등록번호가 올바르지 않습니다" in answer.context["form"].errors["business_number"][0]
    assert 'value="999-88-00015"' in answer.text
    assert 'value="가온체인"' in answer.text


def test_a_number_taken_shows_the_way_in(client, signed_in):
    company(business_number="9998800014")
    signed_in()
    values = {"origin": "DOMESTIC", "business_number": "9998800014", "name_ko": "가온체인", "representative": "김가온"}
    answer = client.post(reverse("accounts:register"), values)
    assert "초대해 달라고 요청해 주십시오" in answer.context["form"].errors["business_number"][0]


def test_the_master_invites_and_the_colleague_accepts_from_their_own_page(client, signed_in):
    master = signed_in()
    organisation = company(master)
    client.post(reverse("accounts:organisation", args=[organisation.public_id]), {"email": "nare@example.com"})
    invitation = Invitation.objects.get()
    colleague = signed_in(person("이나래", email="nare@example.com"))
    page = client.get(reverse("accounts:organisations"))
    assert list(page.context["invitations"]) == [invitation]
    client.post(reverse("accounts:accept_invitation", args=[invitation.pk]))
    assert Membership.objects.get(user=colleague).organisation == organisation


def test_a_member_cannot_invite(client, signed_in):
    member = signed_in()
    organisation = company(None, member)
    answer = client.post(reverse("accounts:organisation", args=[organisation.public_id]), {"email": "a@example.com"})
    assert answer.status_code == 422
    assert Invitation.objects.count() == 0


def test_a_stranger_sees_neither_company_nor_members_nor_invitations(client, signed_in):
    master = person()
    organisation = company(master, person())
    invitation = invite(by=master, organisation=organisation, email="a@example.com", now=database_now())
    pk = Membership.objects.filter(organisation=organisation, kind="MEMBER").get().pk
    signed_in()
    assert client.get(reverse("accounts:organisation", args=[organisation.public_id])).status_code == 404
    assert client.get(reverse("accounts:end_membership", args=[pk])).status_code == 404
    assert client.post(reverse("accounts:end_membership", args=[pk])).status_code == 404
    assert client.post(reverse("accounts:hand_over", args=[pk])).status_code == 404
    assert client.post(reverse("accounts:withdraw_invitation", args=[invitation.pk])).status_code == 404
    assert client.post(reverse("accounts:accept_invitation", args=[invitation.pk])).status_code == 404
    assert unchanged(organisation, invitation)


def unchanged(organisation, invitation):
    invitation.refresh_from_db()
    return organisation.memberships.filter(ended_at__isnull=True).count() == 2 and invitation.status == "SENT"


def test_leaving_and_handing_over_ask_first(client, signed_in):
    master = signed_in()
    member = person("이나래")
    organisation = company(master, member)
    membership = Membership.objects.get(user=member)
    for name in ("hand_over", "end_membership"):
        assert "이나래" in client.get(reverse(f"accounts:{name}", args=[membership.pk])).text
    client.post(reverse("accounts:hand_over", args=[membership.pk]))
    assert organisation.memberships.get(kind="MASTER", ended_at__isnull=True).user == member


def test_the_profile_changes(client, signed_in):
    user = signed_in()
    client.post(reverse("accounts:account"), {"name": "새이름", "language": "en"})
    user.refresh_from_db()
    assert (user.name, user.language) == ("새이름", "en")


def test_optional_consent_is_given_and_withdrawn_required_stays(client, signed_in):
    user = signed_in()
    address = reverse("accounts:consents")
    client.post(address, {"purpose": "news", "action": "give"})
    client.post(address, {"purpose": "news", "action": "withdraw"})
    client.post(address, {"purpose": "privacy", "action": "give"})
    client.post(address, {"purpose": "privacy", "action": "withdraw"})
    rows = Consent.objects.filter(user=user).order_by("id")
    assert [(row.purpose, row.withdrawn_at is None) for row in rows] == [("news", False), ("privacy", True)]


def test_deletion_is_asked_for_and_taken_back(client, signed_in):
    user = signed_in()
    client.post(reverse("accounts:deletion"))
    user.refresh_from_db()
    assert user.deletion_requested_at is not None
    client.post(reverse("accounts:deletion"), {"action": "cancel"})
    assert User.objects.get(pk=user.pk).deletion_requested_at is None


@pytest.mark.parametrize("companies", [1, 3])
def test_the_list_of_companies_takes_the_same_queries_for_any_number(
    client, signed_in, companies, django_assert_num_queries
):
    user = signed_in()
    for n in range(companies):
        company(user, person(), name=f"기업{n}")
    client.get(reverse("accounts:organisations"))
    with django_assert_num_queries(8):
        client.get(reverse("accounts:organisations"))


@pytest.mark.parametrize("members", [1, 3])
def test_a_company_page_takes_the_same_queries_for_any_number_of_members(
    client, signed_in, members, django_assert_num_queries
):
    master = signed_in()
    organisation = company(master, *(person() for _ in range(members)))
    for n in range(members):
        invite(by=master, organisation=organisation, email=f"n{n}@example.com", now=database_now())
    address = reverse("accounts:organisation", args=[organisation.public_id])
    client.get(address)
    with django_assert_num_queries(10):
        client.get(address)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_roles_takes_the_same_queries_for_any_number(client, signed_in, count, django_assert_num_queries):
    admin = signed_in(with_role("admin"))
    session = client.session
    session["second_factor_confirmed"] = admin.pk
    session.save()
    for _n in range(count):
        with_role("space.officer", cluster=cluster())
    client.get(reverse("accounts:roles"))
    with django_assert_num_queries(9):
        client.get(reverse("accounts:roles"))


def test_roles_are_given_and_taken_on_their_page(client, signed_in):
    admin, user = signed_in(with_role("admin")), person(email="new@example.com")
    session = client.session
    session["second_factor_confirmed"] = admin.pk
    session.save()
    values = {"email": "NEW@example.com", "role": "space.officer", "scope_kind": "hub", "scope_ref": "mapo"}
    client.post(reverse("accounts:roles"), values)
    assignment = user.role_assignments.get()
    assert (assignment.role, assignment.scope_ref, assignment.granted_by) == ("space.officer", "mapo", admin)
    answer = client.post(reverse("accounts:roles"), values | {"email": "nobody@example.com"})
    assert list(answer.context["form"].errors) == ["email"]
    client.post(reverse("accounts:revoke_role", args=[assignment.pk]), {"reason": "끝"})
    assignment.refresh_from_db()
    assert assignment.ended_at is not None


def test_roles_are_for_administrators(client, signed_in):
    officer = signed_in(with_role("space.officer"))
    session = client.session
    session["second_factor_confirmed"] = officer.pk
    session.save()
    assert client.get(reverse("accounts:roles")).status_code == 403
    assert client.post(reverse("accounts:revoke_role", args=[1])).status_code == 403
