"""Receipts for people: the leaves that hold values of theirs or their companies', to keep and to check without us."""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ledger import browsing, log

PAGE = 25


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Every leaf that concerns the reader, newest first."""
    before = request.GET.get("before", "")
    place = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    keys: Collection[str] = request.user.ledger_keys()  # type: ignore[union-attr]
    mine = browsing.holding(keys, PAGE, before=place)
    return render(request, "ledger/receipts.html", {"mine": mine})


@require_safe
@never_cache
@login_required
def download(request: HttpRequest, leaf_id: UUID) -> HttpResponse:
    """The receipt as a zip, for those it concerns; while the leaf waits for its checkpoint, its page instead."""
    reader = request.user
    if not browsing.concerns(leaf_id, reader.ledger_keys()):  # type: ignore[union-attr]
        raise Http404(str(leaf_id))
    try:
        data = log.receipt(leaf_id, reader)  # type: ignore[arg-type]
    except log.NotYetWitnessed:
        return redirect("ledger:leaf", leaf_id=leaf_id)
    name = f'attachment; filename="receipt-{leaf_id}.zip"'
    return HttpResponse(data, content_type="application/zip", headers={"Content-Disposition": name})
