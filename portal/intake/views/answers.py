"""How a view answers when a service refuses."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import Invalid, Refused


def show_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Put the reason at the field it is about; what was typed stays."""
    field = refusal.field if isinstance(refusal, Invalid) and refusal.field in form.fields else None
    form.add_error(field, str(refusal))


def tell_refusal(request: HttpRequest, refusal: Refused) -> None:
    """Say the reason on the next page."""
    messages.error(request, str(refusal))


def saved_words(at: datetime, more: str = "") -> str:
    """``14:03 저장됨``, with what else a person wants to know after saving."""
    saved = _("%(time)s 저장됨") % {"time": f"{timezone.localtime(at):%H:%M}"}
    return f"{saved} · {more}" if more else saved
