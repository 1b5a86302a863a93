"""The worker's part: a notice as a mail, in the reader's language, once."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from portal.core import outbox
from portal.core.models import OutboxMessage
from portal.notices.models import Notice


@outbox.handler("notice.email")
def send(message: OutboxMessage) -> None:
    """Send the notice's mail. One that was told before under the same key has no row, and no mail."""
    found = Notice.objects.select_related("user").filter(pk=message.payload["notice"], mailed_at__isnull=True)
    notice = found.first()
    if notice is None or not notice.user.is_active:
        return
    with translation.override(notice.user.language):
        context = {
            "notice": notice,
            "link": f"{settings.SITE_URL}{notice.url}" if notice.url else "",
            "preferences": f"{settings.SITE_URL}{reverse('notices:preferences')}",
        }
        text = render_to_string("notices/mail/notice.txt", context)
        portal = gettext("마당")
        # A mail server or reader that gets a repeated attempt knows it by its id.
        headers = {"Message-ID": f"<{notice.pk}@{parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}>"}
        mail = EmailMultiAlternatives(
            f"[{portal}] {notice.title}", text, settings.DEFAULT_FROM_EMAIL, [notice.user.email], headers=headers
        )
        mail.attach_alternative(render_to_string("notices/mail/notice.html", context), "text/html")
        mail.send()
    found.update(mailed_at=Now())
