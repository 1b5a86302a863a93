"""What the pages of this room have in common."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest

from college import queries
from college.models import Run
from portal.accounts.models import User
from portal.core.errors import Invalid, Refused


class SignedIn(HttpRequest):
    """A request behind ``login_required``."""

    user: User


def found_run(code: str) -> Run:
    run = queries.run_of(code)
    if run is None:
        raise Http404
    return run


def put_error(form: forms.Form, refusal: Invalid) -> None:
    """What the service refused, at the field it is about."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))


def tried(request: HttpRequest, action: Callable[[], object], done: str) -> bool:
    """Do it and say so; a refusal becomes a message and nothing is lost."""
    try:
        action()
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return False
    messages.success(request, done)
    return True
