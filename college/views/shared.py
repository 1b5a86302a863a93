"""What the pages of this room have in common."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest

from college import queries
from college.models import Run
from portal.accounts.models import User
from portal.core.errors import Invalid


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
