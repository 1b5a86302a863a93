"""Setting a second factor up, with real commits: allauth tells of it only once it is kept."""

from django.urls import reverse

from tests.accounts.test_sign_in import PASSWORD, code_of, sign_in, signed_in_as
from tests.factories.people import person, with_role


def test_setting_up_an_app_opens_the_way_and_is_asked_for_next_time(client, committed_db):
    officer = with_role("space.officer", user=person(password=PASSWORD))
    sign_in(client, officer)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert client.get(reverse("notices:inbox")).status_code == 200
    client.post(reverse("account_logout"))
    assert sign_in(client, officer).url == reverse("mfa_authenticate")
    assert signed_in_as(client) is None
