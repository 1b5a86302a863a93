"""The audit file of the ledger, for auditors."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.accounts import rules
from portal.accounts.forms import HandOverForm
from portal.accounts.requests import PersonRequest
from portal.accounts.services import hand_over_ledger
from portal.accounts.views.answers import posted, show_refusal
from portal.core.errors import Refused

#: Larger archives are written to the disk meanwhile.
IN_MEMORY = 8 * 1024 * 1024


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: PersonRequest) -> HttpResponseBase:
    """What an auditor asks for and on what basis; then the archive."""
    rules.check_can_take_ledger(request.user)
    form = HandOverForm(posted(request))
    if request.method == "POST" and form.is_valid():
        file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (the answer closes it)
        try:
            hand_over_ledger(by=request.user, target=file, **form.cleaned_data)
        except Refused as refusal:
            file.close()
            show_refusal(form, refusal)
        else:
            file.seek(0)
            response = FileResponse(file, as_attachment=True, filename="ledger-audit.zip")
            response["Cache-Control"] = "private, no-store"
            return response
    return render(request, "accounts/hand_over_ledger.html", {"form": form}, status=422 if form.errors else 200)
