"""Ways in: e-mail and password, code, second factor, the demo door; and who is kept out."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.urls import reverse

from portal.accounts import demo
from portal.accounts.models import Consent, User
from portal.core import outbox
from portal.core.clock import database_now
from portal.core.models import OutboxMessage
from tests.factories.people import person, with_role

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery 9"
SIGN_UP = {
    "email": "new@example.com",
    "name": "새사람",
    "language": "en",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "consent_terms": "on",
    "consent_privacy": "on",
}


def sign_in(client, user, password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": user.email, "password": password}, **extra)


def code_of(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def code_mailed():
    outbox.drain()
    return re.search(r"^([A-Z0-9-]{6,})$", mail.outbox[-1].body, re.MULTILINE)[1]


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_signing_up_keeps_each_consent_as_a_row(client):
    answer = client.post(reverse("account_signup"), SIGN_UP)
    assert answer.url == reverse("account_email_verification_sent")
    user = User.objects.get(email="new@example.com")
    assert (user.name, user.language) == ("새사람", "en")
    assert sorted(Consent.objects.filter(user=user).values_list("purpose", flat=True)) == ["privacy", "terms"]
    assert signed_in_as(client) is None
    client.post(answer.url, {"code": code_mailed()})
    assert signed_in_as(client) == str(user.pk)


def test_the_mail_with_the_code_is_forgotten_once_sent(client):
    client.post(reverse("account_signup"), SIGN_UP)
    code_mailed()
    assert OutboxMessage.objects.get(topic="account.mail").payload == {"to": ["new@example.com"]}


@pytest.mark.parametrize("missing", ["consent_terms", "consent_privacy", "name", "email", "password1"])
def test_signing_up_says_what_is_missing_and_keeps_the_rest(client, missing):
    answer = client.post(reverse("account_signup"), {key: value for key, value in SIGN_UP.items() if key != missing})
    assert list(answer.context["form"].errors) == [missing]
    assert User.objects.count() == 0
    if missing != "name":
        assert "새사람" in answer.text


def test_signing_up_with_a_known_address_does_not_tell(client):
    person(email="new@example.com")
    answer = client.post(reverse("account_signup"), SIGN_UP)
    assert answer.url == reverse("account_email_verification_sent")
    assert User.objects.count() == 1


def test_password_and_code_lead_in(client):
    user = person(password=PASSWORD)
    sign_in(client, user)
    assert signed_in_as(client) == str(user.pk)
    client.post(reverse("account_logout"))
    client.post(reverse("account_request_login_code"), {"email": user.email})
    client.post(reverse("account_confirm_login_code"), {"code": code_mailed()})
    assert signed_in_as(client) == str(user.pk)


def test_ten_wrong_passwords_lock_the_address_from_here_and_say_what_else_works(client):
    user = person(password=PASSWORD)
    for _attempt in range(9):
        assert sign_in(client, user, "wrong").status_code == 200
    locked = sign_in(client, user, "wrong")
    assert (locked.status_code, "로그인 코드" in locked.text) == (429, True)
    assert sign_in(client, user).status_code == 429
    assert signed_in_as(client) is None
    elsewhere = sign_in(client, user, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 302


def test_too_many_attempts_on_many_addresses_get_a_polite_answer(client):
    for n in range(30):
        client.post(reverse("account_login"), {"login": f"nobody{n}@example.com", "password": "x"})
    answer = client.post(reverse("account_login"), {"login": "nobody@example.com", "password": "x"})
    assert answer.status_code == 429
    assert "잠시" in answer.text


def test_staff_without_a_second_factor_get_no_further_than_the_account(client):
    officer = with_role("space.officer", user=person(password=PASSWORD))
    sign_in(client, officer)
    for address in (reverse("notices:inbox"), reverse("accounts:roles"), "/cms/", "/ko/"):
        assert client.get(address).url == reverse("mfa_index")
    for address in (reverse("mfa_index"), reverse("accounts:account"), reverse("account_reauthenticate")):
        assert client.get(address).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))


def test_people_without_a_staff_role_need_no_second_factor(client):
    sign_in(client, with_role("space.evaluator", user=person(password=PASSWORD)))
    assert client.get(reverse("notices:inbox")).status_code == 200


def test_a_second_factor_shown_at_sign_in_opens_the_way(client):
    officer = with_role("space.officer", user=person(password=PASSWORD))
    totp = TOTP.activate(officer, "JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in str(Authenticator.objects.get(pk=totp.instance.pk).data)
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code_of("JBSWY3DPEHPK3PXP")})
    assert client.get(reverse("notices:inbox")).status_code == 200


def test_a_session_older_than_the_second_factor_must_show_it(client):
    officer = with_role("space.officer", user=person(password=PASSWORD))
    sign_in(client, officer)
    TOTP.activate(officer, "JBSWY3DPEHPK3PXP")
    assert client.get(reverse("notices:inbox")).url.startswith(reverse("mfa_reauthenticate"))


def test_staff_cannot_drop_their_last_second_factor(client):
    officer = with_role("space.officer", user=person(password=PASSWORD))
    TOTP.activate(officer, "JBSWY3DPEHPK3PXP")
    sign_in(client, officer)
    client.post(reverse("mfa_authenticate"), {"code": code_of("JBSWY3DPEHPK3PXP")})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=officer, type="totp").exists()


@pytest.fixture
def demo_people(db):
    return {user.email: user for user in demo.load(now=database_now())}


@pytest.mark.parametrize("person", demo.PEOPLE, ids=lambda person: person.key)
def test_every_demo_person_comes_in_with_one_click(client, demo_people, person):
    client.post(reverse("accounts:demo_enter", args=[person.key]))
    assert signed_in_as(client) == str(demo_people[person.email].pk)
    page = client.get(reverse("accounts:account"))
    assert page.status_code == 200
    assert "시연용 계정입니다" in page.text
    assert client.get(reverse("notices:inbox")).status_code == 200


def test_the_demo_door_is_marked_and_lists_everyone(client, demo_people):
    page = client.get(reverse("accounts:demo"))
    assert "실제 운영에서는 이 화면이 없습니다" in page.text
    assert page.text.count("<form") >= len(demo.PEOPLE)


def test_loading_demo_people_again_changes_nothing(demo_people):
    before = (User.objects.count(), Consent.objects.count())
    demo.load(now=database_now())
    assert (User.objects.count(), Consent.objects.count()) == before


def test_nobody_else_comes_in_by_the_demo_door(client, demo_people):
    real = person(email=f"real@{demo.DOMAIN}")
    assert client.post(reverse("accounts:demo_enter", args=["real"])).status_code == 404
    assert client.get(reverse("accounts:demo_enter", args=["officer"])).status_code == 405
    assert signed_in_as(client) is None
    assert not real.is_demo


def test_without_demo_there_is_no_door(client, demo_people, settings):
    client.post(reverse("accounts:demo_enter", args=["officer"]))
    settings.DEMO = False
    assert client.get(reverse("accounts:demo")).status_code == 404
    assert client.post(reverse("accounts:demo_enter", args=["auditor"])).status_code == 404
    assert client.get(reverse("notices:inbox")).url == reverse("mfa_index")


def test_the_first_administrator_is_made_at_the_console(capsys):
    from django.core.management import CommandError, call_command

    user = person(email="first@example.com")
    call_command("grant_role", "FIRST@example.com")
    assert list(user.role_assignments.values_list("role", flat=True)) == ["admin"]
    with pytest.raises(CommandError):
        call_command("grant_role", "nobody@example.com")


def test_demo_people_are_refused_outside_a_demonstration(settings):
    from django.core.management import CommandError, call_command

    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("load_demo_people")
