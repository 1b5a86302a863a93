"""The pages that allauth brings: dressed by the house, in both languages, without anything the CSP would stop."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from tests.accounts.test_sign_in import PASSWORD, sign_in
from tests.factories.people import person

pytestmark = pytest.mark.django_db
VISITOR = ["account_login", "account_signup", "account_reset_password", "account_request_login_code"]
OWNER = [
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
]
PROTECTED = ["mfa_generate_recovery_codes", "mfa_reauthenticate", "mfa_deactivate_totp"]


def looks_right(page, language):
    assert page.status_code == 200
    text = page.text
    assert f'<html lang="{language}"' in text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert "style=" not in text
    assert not re.search(r"<[^>]+ on[a-z]+=", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script
    main = text[text.index("<main") : text.index("</main>")]
    words = re.sub(r"<script.*?</script>|<[^>]+>|한국어", " ", main, flags=re.DOTALL)
    foreign = r"[가-힣]" if language == "en" else r"\b(?:the|your|Sign|Please|code|Add|Email|Password)\b"
    assert re.findall(foreign, words) == []


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", VISITOR)
def test_for_a_visitor(client, name, language):
    looks_right(client.get(reverse(name).replace("/ko/", f"/{language}/")), language)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", OWNER)
def test_for_the_owner(client, name, language):
    sign_in(client, person("Kim", password=PASSWORD))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_index"))
    looks_right(client.get(reverse(name).replace("/ko/", f"/{language}/")), language)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", PROTECTED)
def test_with_a_second_factor(client, signed_in, name, language):
    user = signed_in(person("Kim"))
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 2e9, "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    looks_right(client.get(reverse(name).replace("/ko/", f"/{language}/")), language)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_step_of_the_second_factor(client, language):
    user = person("Kim", password=PASSWORD)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    sign_in(client, user)
    looks_right(client.get(reverse("mfa_authenticate").replace("/ko/", f"/{language}/")), language)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("ask", "enter"),
    [
        ("account_request_login_code", "account_confirm_login_code"),
        ("account_reset_password", "account_confirm_password_reset_code"),
    ],
)
def test_the_steps_of_codes(client, ask, enter, language):
    asked, entered = (reverse(name).replace("/ko/", f"/{language}/") for name in (ask, enter))
    client.post(asked, {"email": person("Kim").email})
    looks_right(client.get(entered), language)
