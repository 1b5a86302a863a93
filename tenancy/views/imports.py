"""Floors from a file: what it holds and what is wrong with it is shown first; only that very file is then written."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.errors import Invalid, Overtaken
from portal.core.ui.case import Act, Case, again, show
from portal.core.ui.parts import Column, Figure, Table
from tenancy import change_forms, floor_files, rules, services
from tenancy.models import Building
from tenancy.reasons import TROUBLES
from tenancy.services.places import ImportReport
from tenancy.views.money import desk, found_hub
from tenancy.views.shared import SignedIn


@login_required
def import_floors(request: SignedIn, hub: str) -> HttpResponse:
    """Cells and units of a building's floors, from JSON or CSV."""
    place = found_hub(hub)
    rules.check_can_import_places(request.user, place)
    reports: list[tuple[ImportReport, Mapping[str, Any]]] = []

    def look(answers: Mapping[str, Any], now: datetime) -> None:
        content = answers["file"].read()
        fields = {"building": _building(place), "from_date": answers["from_date"], "by": request.user}
        report = services.import_places(floors=floor_files.read(content), **fields)
        held = {"content": base64.b64encode(content).decode(), "digest": report.digest}
        reports.append((report, held | {"from_date": answers["from_date"]}))

    def write(answers: Mapping[str, Any], now: datetime) -> None:
        floors = floor_files.read(answers["content"])
        fields: dict[str, Any] = {"building": _building(place), "from_date": answers["from_date"], "by": request.user}
        if services.import_places(floors=floors, **fields).digest != answers["digest"]:
            raise Overtaken
        if not services.import_places(floors=floors, dry_run=False, **fields).written:
            raise Invalid(_("고칠 것이 남아 있어 등록하지 않았습니다."))

    upload = Act(
        "look", _("파일 확인"), change_forms.FloorsForm, _("파일 확인하기"), look, _("아직 저장하지 않았습니다.")
    )
    apply = Act(
        "apply", _("등록"), change_forms.ApplyFloorsForm, _("이대로 등록하기"), write, _("층과 호실을 등록했습니다.")
    )
    case = Case(
        title=_("%(hub)s 도면 등록") % {"hub": place},
        back=desk(),
        lead=_("구획과 호실을 적은 파일을 올리면 겹침, 빈틈, 면적 차이를 먼저 보여 드립니다. 등록하기 전에는 아무것도 저장되지 않습니다."),
        acts=[apply] if request.GET.get("act") == "apply" else [upload],
        recorded=list(place.buildings.all()),
    )  # fmt: skip
    answer = show(request, case)
    return _shown(request, case, *reports[0], apply) if reports else answer


def _building(place: Any) -> Building:
    found: Building | None = place.buildings.order_by("pk").first()
    if found is None:
        raise Invalid(_("이 거점에는 건물이 없습니다."))
    return found


def _shown(request: SignedIn, case: Case, report: ImportReport, held: Mapping[str, Any], apply: Act) -> HttpResponse:
    """The dry run: floors, what is wrong, and the button where nothing stands against it."""
    apply.initial = held
    unit = pgettext("단위", "곳")
    case.figures = [
        Figure(_("층"), len(report.floors)),
        Figure(_("구획"), sum(len(plan.cells) for plan in report.floors), unit),
        Figure(_("호실"), sum(len(plan.units) for plan in report.floors), unit),
        Figure(_("고칠 것"), len(report.blocking), pgettext("단위", "건")),
    ]
    case.tables = [
        Table(
            caption=_("확인할 것"),
            columns=[Column(_("무엇")), Column(_("어디")), Column(_("내용")), Column(_("등록"))],
            rows=[
                [TROUBLES[one.code], one.where, one.detail, _("막음") if one.blocking else _("참고만")]
                for one in report.troubles
            ],
            empty=_("걸리는 것이 없습니다."),
        )
    ]
    case.acts = [] if report.blocking or not report.floors else [apply]
    return again(request, case)
