"""Whatever is typed into the account's forms, the answer is a page or a refusal, never a fault."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.models import Organisation
from tests.factories.people import company, person, with_role

TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["\0", "‮kcehc", "'; --", "{{ 7 }}", "<script>", "9" * 400, "=1+1", "2019-02-30", "NaN", "１２３"]),
)
FUZZ = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
pytestmark = pytest.mark.django_db


def forms_of(*names):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, TEXT))


@FUZZ
@given(
    values=forms_of(
        "origin", "business_number", "name_ko", "name_en", "representative", "opened_date", "address", "business_kind"
    )
)
def test_registering_a_company(client, signed_in, values):
    signed_in()
    assert client.post(reverse("accounts:register"), values).status_code in (302, 422)


@FUZZ
@given(values=forms_of("email", "name", "language", "password1", "password2", "consent_terms", "consent_privacy"))
def test_signing_up(client, values):
    assert client.post(reverse("account_signup"), values, REMOTE_ADDR=person_address()).status_code in (200, 302, 429)


def person_address():
    person_address.n = getattr(person_address, "n", 0) + 1
    return f"198.51.{person_address.n // 250}.{person_address.n % 250 + 1}"


@FUZZ
@given(values=forms_of("name", "language"))
def test_the_profile(client, signed_in, values):
    signed_in()
    assert client.post(reverse("accounts:account"), values).status_code in (200, 302)


@FUZZ
@given(values=forms_of("purpose", "action"))
def test_consents(client, signed_in, values):
    signed_in()
    assert client.post(reverse("accounts:consents"), values).status_code == 302


@FUZZ
@given(email=TEXT)
def test_inviting(client, signed_in, email):
    master = signed_in()
    organisation = Organisation.objects.filter(memberships__user=master).first() or company(master)
    address = reverse("accounts:organisation", args=[organisation.public_id])
    assert client.post(address, {"email": email}).status_code in (302, 422)


@FUZZ
@given(values=forms_of("email", "role", "cluster", "scope_kind", "scope_ref"), token=st.text(min_size=1, max_size=40))
def test_roles_and_links(client, admin, values, token):
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor_confirmed"] = admin.pk
    session.save()
    values.setdefault("email", admin.email)
    assert client.post(reverse("accounts:roles"), values).status_code in (302, 422)
    assert (
        client.get(reverse("accounts:account") + "invitation/" + "".join(filter(str.isalnum, token)) + "/").status_code
        == 404
    )


@pytest.fixture
def admin():
    return with_role("admin", user=person(email="admin@example.com"))


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "-1", "x"])
@pytest.mark.parametrize(
    "where", ["members/{}/end/", "members/{}/hand-over/", "invitations/{}/accept/", "roles/{}/revoke/"]
)
def test_numbers_that_name_nothing(client, signed_in, where, pk):
    signed_in()
    assert client.post(reverse("accounts:account") + where.format(pk)).status_code in (403, 404)
