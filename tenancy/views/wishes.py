"""The applicant's page: what it needs and prefers, which rooms fit and why others do not, and its place in line."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.ui.case import Case, show
from portal.core.ui.parts import Column, Row, Table
from tenancy import queries, rules, tables
from tenancy.models import Need, Terms
from tenancy.reasons import REASONS
from tenancy.views.shared import SignedIn


@login_required
def wishes(request: SignedIn, need: UUID) -> HttpResponse:
    """One company's need in one round."""
    rows = Need.objects.select_related("organisation", "application__call").prefetch_related("preferences")
    found = rows.filter(case_ref=need).first()
    terms = queries.terms_of(found.application.call) if found else None
    if found is None or terms is None:
        raise Http404
    rules.check_can_see_need(request.user, found)
    place = queries.place_in_line(found)
    case = Case(
        title=_("필요한 공간과 맞는 호실"),
        back=(_("내 입주"), reverse("tenancy:mine")),
        caption=found.organisation,
        rows=[
            Row(_("접수번호"), str(found.application)),
            Row(_("상주 인원"), found.seats),
            *([Row(_("최소 면적"), found.min_area_m2)] if found.min_area_m2 else []),
            Row(_("희망"), ", ".join(wish.value for wish in found.preferences.all()) or _("없음")),
            Row(_("배정 기준일"), tables.day(terms.start_date)),
            Row(_("배정을 기다리는 순위"), place or _("기다리지 않음")),
        ],
        notes=[_("희망은 순서를 정할 뿐입니다. 적지 않은 호실도 맞으면 배정될 수 있습니다.")],
        tables=[_rooms(found, terms)],
    )
    return show(request, case)


def _rooms(need: Need, terms: Terms) -> Table:
    chances = queries.chances_of(need, terms)
    return Table(
        caption=_("호실마다 맞는지와 이유"),
        columns=[Column(_("호실")), Column(_("좌석"), number=True), Column(_("면적(㎡)"), number=True), Column(_("희망 순서"), number=True), Column(_("맞지 않는 이유"))],
        rows=[
            [one.room.code, one.room.seats, one.room.area_m2, one.wish or "", REASONS[one.reason] if one.reason else _("맞습니다.")]
            for one in chances
        ],
        empty=_("이 공고의 거점에는 호실이 없습니다."),
    )  # fmt: skip
