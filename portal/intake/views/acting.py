"""Small pages of the desk: what there is with one form beside it, and one step confirmed on a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Row
from portal.intake.models import Call
from portal.intake.views.answers import show_refusal
from portal.intake.views.desk import title_of


def taken(request: HttpRequest, form: forms.Form | None, run: Callable[..., Any], done: str) -> bool:
    """Whether the form was sent, fitted, and the service did it; a refusal stands at the form."""
    if request.method != "POST" or form is None or not form.is_valid():
        return False
    try:
        run(**form.cleaned_data, by=request.user, now=database_now())
    except Refused as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(request, done)
    return True


def confirmed(
    request: HttpRequest,
    form: forms.Form,
    run: Callable[..., Any],
    *,
    title: str,
    done: str,
    back: str,
    lead: str = "",
    warning: str = "",
    rows: Sequence[Row] = (),
    danger: bool = False,
) -> HttpResponse:
    """One step: asked, then done and back to where the person came from."""
    if taken(request, form, run, done):
        return redirect(back)
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "warning": warning,
        "rows": rows,
        "submit": title,
        "kind": "danger" if danger else "primary",
        "cancel": back,
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)


def workbench(request: HttpRequest, *, title: str, back: str, back_word: str, **context: Any) -> HttpResponse:
    """Tables, links and one form; 422 when the form has errors."""
    form = context.get("form")
    found = {"title": title, "back": back, "back_word": back_word, **context}
    return render(request, "intake/workbench.html", found, status=422 if form is not None and form.errors else 200)


def last_day(at: datetime) -> str:
    """The last day of a time that ends at midnight, as people write it."""
    return date_format(timezone.localtime(at - timedelta(microseconds=1)), "SHORT_DATE_FORMAT")


def of_call(call: Call) -> dict[str, str]:
    """Lead and way back of a page that hangs on the call."""
    title = title_of(call)
    return {"lead": title, "back": reverse("intake:desk-call", args=[call.code]), "back_word": title}
