"""What everybody may read: the calls, and how to apply to one."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import queries as accounts
from portal.accounts.services import organisation_of_person
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Card, Column, Row, Table
from portal.intake import queries, services
from portal.intake.enums import CallStatus
from portal.intake.forms import StartForm
from portal.intake.models import Call, Stage
from portal.intake.registry import is_for_people
from portal.intake.services.eligibility import rule_in_words
from portal.intake.templatetags.intake import percent
from portal.intake.views.answers import show_refusal
from portal.intake.views.outcomes import bonus_table, competition, last_competition, panel_rules, results


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Every call: those open first, the one that closes soonest on top."""
    now = database_now()
    found = list(queries.public_calls())
    groups = {
        "open": sorted((c for c in found if c.is_open(now)), key=lambda c: c.closes_at),
        "coming": sorted(
            (c for c in found if c.status == CallStatus.PUBLISHED and now < c.opens_at), key=lambda c: c.opens_at
        ),
    }
    seen = {call.pk for group in groups.values() for call in group}
    groups["over"] = [call for call in found if call.pk not in seen]
    context = {f"{name}_calls": [_card(call, now, found) for call in group] for name, group in groups.items()}
    return render(request, "intake/calls.html", context)


def state_of(call: Call, now: datetime) -> tuple[str, str]:
    """Word and tone of what the public sees: 접수예정, 접수중, 마감 follow from the clock."""
    if call.status == CallStatus.PUBLISHED and now < call.closes_at:
        return (_("접수예정"), "info") if now < call.opens_at else (_("접수중"), "success")
    if call.status in (CallStatus.ANNOUNCED, CallStatus.FINAL, CallStatus.ARCHIVED):
        return _("발표"), "solid"
    return _("마감"), ""


def _card(call: Call, now: datetime, every: list[Call]) -> Card:
    word, tone = state_of(call, now)
    places = sum(track.quota for track in call.tracks.all())
    facts = [
        Row(_("모집"), ngettext("%(n)s곳", "%(n)s곳", places) % {"n": places}),
        Row(_("접수 마감 시각"), _instant(call.closes_at)),
    ]
    if call.status in queries.TOLD:
        facts.append(Row(_("경쟁률"), competition(call.receipts, places)))
    elif last := last_competition(call, every):
        facts.append(Row(_("지난 경쟁률"), last))
    return Card(
        call.current.title_text if call.current else call.code,
        reverse("intake:call", args=[call.code]),
        call.current.summary_text if call.current else "",
        word,
        tone,  # type: ignore[arg-type]
        facts=facts,
    )


def _instant(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


@require_safe
def call(request: HttpRequest, code: str) -> HttpResponse:
    """One call: what, for whom, until when, how it is judged, what was corrected."""
    found = _public(code)
    now = database_now()
    word, tone = state_of(found, now)
    context = {
        "call": found,
        "version": found.current,
        "now": now,
        "word": word,
        "tone": tone,
        "is_open": found.is_open(now),
        "tracks": tracks_table(found),
        "stages": stages_with_criteria(found),
        "panel": panel_rules(found),
        "bonuses": bonus_table(found),
        "last": last_competition(found, queries.public_calls()) if now < found.closes_at else "",
        "results": results(found),
        "rules": [rule_in_words(row) for row in (found.current.eligibility if found.current else [])],
        "corrections": [version for version in found.versions.all() if version.published_at and version.number > 1],
        "mine": _mine(request, found),
        "in_own_name": is_for_people(found.rules),
        "late": queries.late_codes_for(request.user, found, now),
    }
    return render(request, "intake/call.html", context)


def _public(code: str) -> Call:
    try:
        return queries.public_call(code)
    except Call.DoesNotExist:
        raise Http404 from None


def tracks_table(found: Call) -> Table:
    """What is given out, by track."""
    columns = (Column(_("모집부문")), Column(_("모집 수"), number=True), Column(_("예비"), number=True))
    rows = [(track.name_text, track.quota, track.reserve) for track in found.tracks.all()]
    return Table(_("모집부문"), columns, rows)


def stages_with_criteria(found: Call) -> list[tuple[Stage, Table]]:
    """Each stage with what it judges."""
    return [(stage, _criteria(stage)) for stage in found.stages.all()]


def _criteria(stage: object) -> Table:
    columns = (Column(_("평가항목")), Column(_("배점"), number=True), Column(_("가중치"), number=True))
    rows = [(item.name_text, item.max_points, percent(item.weight_bp)) for item in stage.criteria.all()]  # type: ignore[attr-defined]
    return Table(_("평가항목"), columns, rows)


def _mine(request: HttpRequest, found: Call) -> list[Card]:
    if not request.user.is_authenticated:
        return []
    mine = queries.applications_of(request.user).filter(call=found)
    return [
        Card(
            str(one.organisation),
            reverse("intake:application", args=[one.public_id]),
            str(one.track) if found.per_track else "",
            status=one.get_status_display(),
        )
        for one in mine
    ]


def _may_begin(request: HttpRequest, found: Call, now: datetime) -> bool:
    return found.is_open(now) or bool(queries.late_codes_for(request.user, found, now))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the company and the track; an application already begun is opened instead. People apply in their own name."""
    found = _public(code)
    companies = None if is_for_people(found.rules) else accounts.organisations_of(request.user)
    if companies is not None and not companies.exists():
        return render(request, "intake/no_company.html", {"call": found})
    now = database_now()
    if request.method != "POST" and not _may_begin(request, found, now):
        messages.info(request, _("지금은 이 공고에 신청을 시작할 수 없습니다. 접수 기간을 확인해 주세요."))
        return redirect("intake:call", code)
    in_own_name = companies is None
    earlier = queries.reusable(request.user, found, now)
    form = StartForm(request.POST or None, call=found, companies=companies, earlier=earlier)
    if request.method == "POST" and form.is_valid():
        try:
            application = services.start_application(
                call=found,
                organisation=organisation_of_person(user=request.user, now=now)  # type: ignore[arg-type]
                if in_own_name
                else form.cleaned_data["organisation"],
                track=form.cleaned_data["track"],
                reuse=form.cleaned_data.get("reuse"),
                by=request.user,
                now=now,
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("intake:application", application.public_id)
    context = {"form": form, "call": found, "in_own_name": in_own_name}
    return render(request, "intake/start.html", context, status=422 if form.errors else 200)
