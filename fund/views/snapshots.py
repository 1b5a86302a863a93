"""Freezing figures at the desk: building, looking, publishing."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fund import public as disclosure
from fund import public_tables, queries, rules, services, tables
from fund.enums import SnapshotStatus
from fund.forms import SnapshotForm
from fund.models import Snapshot
from fund.views.shared import SignedIn
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.core.ui.trying import tried


@login_required
def snapshots(request: SignedIn) -> HttpResponse:
    """Every frozen figure of the programmes one reads; whoever prepares may build another."""
    programmes = queries.funds.programmes_for(request.user)
    if not queries.funds.reads_funds(request.user):
        raise NotAllowed(_("투자 업무 담당자만 볼 수 있는 화면입니다."))
    builds = [one.pk for one in programmes if rules.may_on(request.user, "valuation.prepare", one)]
    form = SnapshotForm(request.POST or None, programmes=programmes.filter(pk__in=builds)) if builds else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            made = services.build_snapshot(
                programme=form.cleaned_data["programme"], kind=form.cleaned_data["kind"], on=form.cleaned_data["on"],
                by=request.user, now=database_now(),
            )  # fmt: skip
            messages.success(request, _("실적을 작성했습니다. 다른 결재자가 확인하면 공개할 수 있습니다."))
            return redirect("fund:snapshot", snapshot=made.public_id)
        except Refused as refusal:
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    rows = [row for one in programmes for row in queries.snapshots.snapshots_of(one)]
    context = {"table": public_tables.listed(rows), "form": form}
    return render(request, "fund/snapshots.html", context, status=422 if form and form.errors else 200)


@login_required
def snapshot(request: SignedIn, snapshot: UUID) -> HttpResponse:
    """What was frozen, in full, and what may be done next."""
    found = _snapshot(request, snapshot)
    content = json.loads(found.body)
    context = {
        "snapshot": found,
        "tone": tables.TONES.get(found.status, ""),
        "facts": public_tables.dates(found, content),
        "groups": public_tables.groups(content),
        "pictures": public_tables.pictures(content, disclosure.CITY),
        "write_downs": public_tables.write_downs(content, disclosure.CITY),
        "steps": _steps(request, found),
    }
    return render(request, "fund/snapshot.html", context)


def _steps(request: SignedIn, found: Snapshot) -> list[tuple[str, str]]:
    if not rules.can_publish(request.user, found):
        return []
    return {
        SnapshotStatus.BUILT.value: [("see", _("확인했음을 남기기"))],
        SnapshotStatus.SEEN.value: [("publish", _("공개하기"))],
    }.get(found.status, [])


@require_POST
@login_required
def snapshot_step(request: SignedIn, snapshot: UUID, step: str) -> HttpResponse:
    """See or publish."""
    found, by = _snapshot(request, snapshot), request.user
    done = {
        "see": (lambda: services.see_snapshot(snapshot=found, by=by), _("확인했음을 남겼습니다.")),
        "publish": (
            lambda: services.publish_snapshot(snapshot=found, by=by, now=database_now()),
            _("실적을 공개했습니다."),
        ),
    }.get(step)
    if done is None:
        raise Http404
    tried(request, *done)
    return redirect("fund:snapshot", snapshot=found.public_id)


def _snapshot(request: SignedIn, public_id: UUID) -> Snapshot:
    found = queries.snapshots.snapshot_of(public_id)
    if found is None:
        raise Http404
    rules.check_may_on(request.user, "fund.read", found.programme)
    return found
