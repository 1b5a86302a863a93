"""Awards: mine, those of the desk, and the one page on which an award goes from its decision to the last won."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for
from portal.core.errors import NotAllowed
from portal.core.ui.case import Case, show
from portal.core.ui.parts import Table, link
from portal.mice import naming, queries, rules, support_tables
from portal.mice.enums import AwardStatus
from portal.mice.models import Award
from portal.mice.views.award_acts import acts
from portal.mice.views.award_shared import address, found_award
from portal.mice.views.sheet import evidence_of
from portal.mice.views.tour_shared import SignedIn

_MOST = 200


@login_required
def mine(request: SignedIn) -> HttpResponse:
    """What my companies were awarded."""
    rows = list(queries.awards_of(request.user)[:_MOST])
    case = Case(
        title=_("우리 기업의 행사 지원"),
        back=(_("나의 마당"), reverse("desk:my")),
        lead=_("교부결정에서 정산까지 한 화면에서 이어집니다."),
        tables=[support_tables.awards(rows, address("award"))],
    )
    return show(request, case)


@login_required
def desk(request: SignedIn) -> HttpResponse:
    """All awards of the clusters whose support this person runs, decides or audits."""
    clusters = clusters_of(request.user, *roles_for("award.read"))
    if not clusters:
        raise NotAllowed(_("행사 지원 담당만 볼 수 있는 화면입니다."))
    rows = list(queries.awards_on_desk(clusters)[:_MOST])
    case = Case(
        title=_("행사 지원 업무"),
        back=(_("업무 화면"), reverse("desk:home")),
        tables=[support_tables.awards(rows, address("award"))],
    )
    return show(request, case)


@login_required
def award(request: SignedIn, award: UUID) -> HttpResponse:
    """One award: its money, its papers, and the steps that wait for this person."""
    found = found_award(award)
    rules.check_can_see_award(request.user, found)
    paper = getattr(found, "agreement", None)
    case = Case(
        title=naming.edition(found.edition),
        back=_back(request, found),
        caption=found.organisation,
        status=found.get_status_display(),
        tone=support_tables.TONES.get(found.status, ""),
        figures=support_tables.strip(found),
        rows=[*support_tables.facts(found), *(support_tables.agreement(paper) if paper else [])],
        tables=_tables(found),
        notes=_notes(request, found),
        acts=acts(request.user, found),
        recorded=_recorded(found),
    )
    return show(request, case)


def _back(request: SignedIn, found: Award) -> tuple[str, str]:
    if rules.may_act_on(request.user, found):
        return _("우리 기업의 행사 지원"), reverse("support:mine")
    return _("행사 지원 업무"), reverse("support:desk")


def _notes(request: SignedIn, found: Award) -> list[str]:
    """The way to the sheet, for those who write it."""
    writing = found.status in (AwardStatus.HELD, AwardStatus.RETURNED)
    if not writing or not rules.may_act_on(request.user, found):
        return []
    return [link(_("정산서 적기"), reverse("support:sheet", args=[found.public_id]))]


def _tables(found: Award) -> list[Table]:
    settled, report = found.settlements.last(), queries.last_report(found)
    tables = [
        support_tables.tranches(found),
        support_tables.amendments(found),
        support_tables.report(report, evidence_of(found)) if report else None,
        support_tables.settlement(settled) if settled else None,
        support_tables.inspections(list(found.inspections.select_related("inspected_by"))),
        support_tables.clawbacks(list(found.clawbacks.all()), address("clawback")),
        support_tables.postings(found),
    ]
    return [table for table in tables if table is not None]


def _recorded(found: Award) -> list[object]:
    """Everything of the award of which the ledger tells."""
    paper = getattr(found, "agreement", None)
    return [
        found, *([paper] if paper else []), *found.tranches.all(), *found.amendments.all(), *found.reports.all(),
        *found.settlements.all(), *found.clawbacks.all(),
    ]  # fmt: skip
