"""One page for one case: what it is, its tables, and what this person may do with it now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.core.ui.parts import Figure, Row, Tab, Table
from portal.core.ui.trying import tried

type Text = str | Promise


@dataclass
class Act:
    """Something this person may do here: a form, the word on its button, and what is then run with the answers."""

    code: str
    title: Text
    form: type[forms.Form]
    word: Text
    run: Callable[[Mapping[str, Any], datetime], object]
    done: Text
    kind: str = "primary"
    initial: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    #: What of the page's own query stays, such as ``on=2020-02-01``.
    query: str = ""
    #: A form that is a table needs the width of the page.
    wide: bool = False
    shown: forms.Form | None = None

    @property
    def action(self) -> str:
        return f"?act={self.code}&{self.query}" if self.query else f"?act={self.code}"

    def bind(self, data: Any = None, files: Any = None) -> forms.Form:
        self.shown = self.form(data, files, prefix=self.code, initial=dict(self.initial), **self.options)
        return self.shown


@dataclass
class Case:
    """What the page shows."""

    title: Text
    back: tuple[Text, str]
    caption: object = ""
    lead: Text = ""
    status: Text = ""
    tone: str = ""
    rows: Sequence[Row] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    tabs: Sequence[Tab] = ()
    notes: Sequence[Text] = ()
    acts: Sequence[Act] = ()
    #: The rows whose leaves of the ledger the page shows.
    recorded: Sequence[Any] = ()


def show(request: HttpRequest, case: Case, *, then: str = "") -> HttpResponse:
    """Answer a visit, or run the act asked for and lead back to the page; a form with faults is shown again."""
    for act in case.acts:
        act.bind()
    if request.method != "POST":
        return _page(request, case)
    asked = [act for act in case.acts if act.code == request.GET.get("act")]
    if not asked:
        raise NotAllowed
    [act] = asked
    bound = act.bind(request.POST, request.FILES)
    if not bound.is_valid():
        return _page(request, case, status=422)
    now = database_now()
    try:
        tried_ok = tried(request, lambda: _run(act, bound, now), str(act.done))
    except _Fault:
        return _page(request, case, status=422)
    here = f"{request.path}?{act.query}" if act.query else request.path
    return redirect(then if then and tried_ok else here)


class _Fault(Exception):
    """The service objected to one answer: it stands at its field now."""


def _run(act: Act, bound: forms.Form, now: datetime) -> object:
    try:
        return act.run(bound.cleaned_data, now)
    except Invalid as refusal:
        if refusal.field in bound.fields:
            bound.add_error(refusal.field, str(refusal.message))
            raise _Fault from refusal
        raise Refused(refusal.message) from refusal


def _page(request: HttpRequest, case: Case, status: int = 200) -> HttpResponse:
    return render(request, "layout/case.html", {"case": case}, status=status)


def again(request: HttpRequest, case: Case) -> HttpResponse:
    """The page with its forms as new, whatever the method."""
    for act in case.acts:
        act.bind()
    return _page(request, case)
