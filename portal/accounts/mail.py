"""Mails of the account itself: codes, warnings, invitations. Written as outbox rows, sent by the worker.

The texts hold codes and links, so the row keeps them only until they are sent.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portal.accounts.enums import InvitationStatus
from portal.accounts.models import Invitation
from portal.accounts.services import issue_token
from portal.core import outbox
from portal.core.models import OutboxMessage


@transaction.atomic
def send_later(message: Any) -> None:
    """Queue a rendered mail (subject, text, recipients)."""
    outbox.put(
        "account.mail",
        {"subject": message.subject, "text": message.body, "to": list(message.to), "sender": message.from_email},
    )


@outbox.handler("account.mail")
def send_queued(message: OutboxMessage) -> None:
    """Send the mail and forget its text."""
    mail = message.payload
    EmailMultiAlternatives(mail["subject"], mail["text"], mail["sender"], mail["to"]).send()
    _forget(message)


@outbox.handler("account.invitation")
def send_invitation(message: OutboxMessage) -> None:
    """Send the link of an invitation that is still open; its token is made here and kept only as a hash."""
    found = Invitation.objects.select_related("organisation", "invited_by")
    invitation = found.filter(pk=message.payload["invitation"], status=InvitationStatus.SENT).first()
    if invitation is None:
        return
    with translation.override(message.payload["language"]):
        path = reverse("accounts:invitation", args=[issue_token(invitation=invitation)])
        context = {"invitation": invitation, "link": f"{settings.SITE_URL}{path}"}
        subject = render_to_string("accounts/mail/invitation_subject.txt", context).strip()
        text = render_to_string("accounts/mail/invitation.txt", context)
        EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [invitation.email]).send()


def _forget(message: OutboxMessage) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(payload={"to": message.payload["to"]})
