"""The public log for people: its health and growth, its leaves in words, and how to check them."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from ledger import browsing, documents, reading
from ledger.forms import RecordsForm
from ledger.growth import growth

PAGE = 25


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The log's health, its leaves from the newest or those looked for, its growth."""
    form = RecordsForm(request.GET)
    found = browsing.named(request.GET.get("q", ""))
    if found is not None:
        return redirect("ledger:leaf", leaf_id=found)
    status = reading.status()
    records = browsing.listed(form.wanted(), PAGE, before=_place(request, "before"), after=_place(request, "after"))
    asked = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    context = {
        "status": status,
        "form": form,
        "records": records,
        "asked": asked,
        "address": f"?{urlencode(asked)}&" if asked else "?",
        "growth": growth(status.now),
        "documents": [documents.schemas(), documents.machine()],
        "origin": settings.LEDGER["ORIGIN"],
    }
    return render(request, "ledger/index.html", context)


def _place(request: HttpRequest, name: str) -> int | None:
    """An index of the log in the address; anything else counts as none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@require_safe
def leaf(request: HttpRequest, leaf_id: UUID) -> HttpResponse:
    """What one leaf says, the case it belongs to, and how to check it without trusting this page."""
    try:
        shown = browsing.shown(leaf_id)
    except reading.UnknownLeaf as error:
        raise Http404(str(leaf_id)) from error
    context = {
        "leaf": shown,
        "chain": browsing.chain(leaf_id),
        "status": reading.status(),
        "verifier": documents.verifier(),
    }
    return render(request, "ledger/leaf.html", context)


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Opens receipts and proof files and checks them in the reader's own browser."""
    return render(request, "ledger/verify.html", {"verifier": documents.verifier()})
