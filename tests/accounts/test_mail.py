"""Mails of the account: by the outbox, in the right language, with a link that works once."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from portal.accounts.services import invite, withdraw_invitation
from portal.core import outbox
from portal.core.clock import database_now
from portal.core.models import OutboxMessage, OutboxStatus
from tests.factories.people import company, person

pytestmark = pytest.mark.django_db


def invited(**fields):
    master = person("김가온", **fields)
    return invite(by=master, organisation=company(master), email="nare@example.com", now=database_now())


def link_of(sent):
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", sent.body)[1]


@pytest.mark.parametrize(("language", "words"), [("ko", "초대했습니다"), ("en", "has invited you")])
def test_an_invitation_is_mailed_in_the_language_of_the_one_who_invites(client, language, words):
    invited(language=language)
    outbox.drain()
    [sent] = mail.outbox
    assert sent.to == ["nare@example.com"]
    assert words in sent.body
    assert link_of(sent).startswith(f"/{language}/account/invitation/")
    page = client.get(link_of(sent))
    assert "가온체인" in page.text
    assert "nare@example.com" in page.text


def test_the_database_keeps_only_the_hash_of_the_link(client):
    invitation = invited()
    outbox.drain()
    token = link_of(mail.outbox[0]).rstrip("/").rpartition("/")[2]
    invitation.refresh_from_db()
    assert token not in invitation.token_hash
    assert not OutboxMessage.objects.filter(payload__icontains=token).exists()
    assert client.get(reverse("accounts:invitation", args=[token[:-1]])).status_code == 404


def test_the_link_lets_the_invited_person_accept_and_tells_others_why_not(client, signed_in):
    invitation = invited()
    outbox.drain()
    link, accept = link_of(mail.outbox[0]), reverse("accounts:accept_invitation", args=[invitation.pk])
    assert f'action="{accept}"' not in client.get(link).text
    signed_in()
    assert "다른 주소로 로그인하셨습니다" in client.get(link).text
    signed_in(person(email="nare@example.com"))
    assert f'action="{accept}"' in client.get(link).text
    client.post(accept)
    assert "더 이상 쓸 수 없는 초대입니다" in client.get(link).text


def test_an_invitation_withdrawn_before_its_mail_is_not_mailed():
    invitation = invited()
    withdraw_invitation(by=invitation.invited_by, invitation=invitation, now=database_now())
    outbox.drain()
    assert mail.outbox == []
    assert OutboxMessage.objects.get().status == OutboxStatus.DONE
