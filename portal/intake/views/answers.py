"""How a view answers when a service refuses."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from portal.core.errors import Invalid, Refused


def show_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Put the reason at the field it is about; what was typed stays."""
    field = refusal.field if isinstance(refusal, Invalid) and refusal.field in form.fields else None
    form.add_error(field, str(refusal))


def tell_refusal(request: HttpRequest, refusal: Refused) -> None:
    """Say the reason on the next page."""
    messages.error(request, str(refusal))
