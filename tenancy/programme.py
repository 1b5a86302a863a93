"""The programme ``space`` (입주): what intake asks of tenancy, inside the deciding transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation
from portal.accounts.queries import is_master
from portal.accounts.roles import COMPANY_MASTER
from portal.core.periods import SEOUL
from portal.intake.blocks import Block, BlockKind, Integer
from portal.intake.queries import by_receipt, last_revision
from portal.intake.registry import EligibilityCheck, Fit, Problem, Text
from tenancy import queries
from tenancy.allocation import allocate
from tenancy.enums import AllocationStatus, WishKind
from tenancy.fitting import NOT_FREE, Wish, in_order, why_not
from tenancy.models import AllocationRun, Need, Terms
from tenancy.reasons import REASONS
from tenancy.services import freeze_need, offer_room, state_need
from tenancy.services.offers import withdraw_holds

MOST_SEATS = 200
MOST_WISHES = 20
_UNIT = re.compile(r"[0-9A-Za-z가-힣.-]{1,20}")


class HeadCount(Integer):
    """How many people will work there: what feasibility reads."""

    name = _("상주 인원")

    def field(self, block: Block) -> forms.Field:
        limits = {"min": 1, "max": MOST_SEATS, **block.limits}
        return super().field(_with(block, limits))


class UnitPreference(BlockKind):
    """Units wanted, in order, typed with commas between: 801, 807."""

    name = _("희망 호실")

    def field(self, block: Block) -> forms.Field:
        return UnitListField(
            label=block.label_text, help_text=block.help_text, required=block.required, max_length=MOST_WISHES * 21
        )

    def stored(self, value: Any) -> Any:
        return _codes(value) or None

    def shown(self, block: Block, value: Any) -> str:
        return ", ".join(value or ())


class UnitListField(forms.CharField):
    """Codes of units in order, each once; a stored list is taken too."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(", ".join(value) if isinstance(value, list) else value)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def validate(self, value: str) -> None:
        super().validate(value)
        codes = _codes(value)
        if len(codes) > MOST_WISHES or len(set(codes)) != len(codes) or not all(map(_UNIT.fullmatch, codes)):
            raise ValidationError(_("호실 번호를 쉼표로 나누어 원하는 순서대로, 한 번씩만 적어 주십시오."))


class SpaceProgramme:
    """Competitions for rooms."""

    code = "space"
    room = "space"
    words: Mapping[str, Text] = {"FULFILLED": _("협약완료")}
    blocks: Mapping[str, type[BlockKind]] = {"head_count": HeadCount, "unit_preference": UnitPreference}
    rules: Mapping[str, EligibilityCheck] = {}

    def check_call(self, version: Any) -> list[Problem]:
        """The quotas together against the units that can be let from the start date."""
        terms = queries.terms_of(version.call)
        if terms is None:
            return [Problem(_("입주조건(거점, 요율, 배정 기준일)을 먼저 정해 주십시오."))]
        problems = []
        if version.call.closes_at.date() > terms.start_date:
            problems.append(Problem(_("배정 기준일이 접수 마감보다 빠릅니다.")))
        quota = version.call.tracks.aggregate(total=Sum("quota"))["total"] or 0
        free = sum(room.free for room in queries.rooms_for(terms, terms.start_date))
        if quota > free:
            text = _("모집 %(quota)s곳보다 배정할 수 있는 호실이 적습니다(%(free)s곳).")
            problems.append(Problem(text % {"quota": quota, "free": free}))
        if not any(block.get("kind") == "head_count" for block in _raw_blocks(version)):
            problems.append(Problem(_("신청서식에 상주 인원 문항이 없습니다."), blocking=False))
        return problems

    def preview(self, decision: Any) -> list[Problem]:
        """A trial run: names who would have no room."""
        terms = queries.terms_of(decision.call)
        if terms is None:
            return [Problem(_("입주조건이 없어 배정할 수 없습니다."))]
        rooms = queries.rooms_for(terms, terms.start_date)
        lines = decision.lines.filter(outcome="SELECTED").select_related("application__organisation")
        chosen = list(lines.order_by("place", "track__order", *by_receipt("application__")))
        stated = queries.needs_of(line.application_id for line in chosen)
        applicants, preferences, problems = [], {}, []
        for line in chosen:
            number = str(line.application)
            need = stated.get(line.application_id) or read_need(line.application)
            if need is None:
                problems.append(Problem(_("접수번호 %(number)s: 상주 인원이 없습니다.") % {"number": number}))
                continue
            applicants.append(number)
            preferences[number] = [room.key for room in in_order(queries.wanted_by(need, terms), rooms)]
        placed = allocate(applicants, preferences)
        for number in applicants:
            if number not in placed:
                text = _("접수번호 %(number)s: 선정되어도 지금은 맞는 호실이 없습니다.")
                problems.append(Problem(text % {"number": number}, blocking=False))
        return problems

    def published(self, line: Any, *, by: Any, now: datetime) -> None:
        """Freeze the need and put the company in line; a called reserve gets the offer of a fitting room at once."""
        application = line.application
        read_need(application)
        need = freeze_need(application=application, by=_acting(by, application.organisation), now=now)
        if _is_under_way(application.call):
            terms = queries.terms_of(application.call)
            assert terms is not None
            self._offer_at_once(need, terms, now)

    def _offer_at_once(self, need: Need, terms: Terms, now: datetime) -> None:
        start = max(terms.start_date, now.astimezone(SEOUL).date())
        rooms = in_order(queries.wanted_by(need, terms), queries.rooms_for(terms, start))
        if rooms:
            unit = next(unit for unit in queries.units_of_terms(terms) if unit.ref == rooms[0].key)
            offer_room(need=need, unit=unit, terms=terms, start=start, by=log.SYSTEM, now=now)

    def fits(self, entry: Any, freed: Any) -> Fit:
        """Whether the reserve's need fits the room that fell free; without a room, whether any room fits."""
        need = read_need(entry.application)
        if need is None:
            return Fit(ok=False, reason=_("상주 인원이 없습니다."))
        terms = queries.terms_of(entry.application.call)
        if terms is None:
            return Fit(ok=False, reason=_("입주조건이 없습니다."))
        wanted = queries.wanted_by(need, terms)
        unit = getattr(freed, "unit", None)
        if unit is None and not _is_under_way(terms.call):
            return Fit(ok=True)
        rooms = [queries.as_room(unit, free=True)] if unit else queries.rooms_for(terms, terms.start_date)
        reasons = [why_not(wanted, room) for room in rooms]
        if None in reasons:
            return Fit(ok=True)
        return Fit(ok=False, reason=REASONS[reasons[0] or NOT_FREE] if unit else REASONS[NOT_FREE])

    def left(self, application: Any, *, why: str, by: Any, now: datetime) -> None:
        """Give back what the application holds; nothing held, nothing to do."""
        need = Need.objects.filter(application=application).select_related("organisation").first()
        if need is not None:
            withdraw_holds(need=need, why=why, by=_acting(by, need.organisation), now=now)


def read_need(application: Any) -> Need | None:
    """The need of an application: as stated before, else from the answers that count; None when it says nothing."""
    found = Need.objects.filter(application=application).select_related("organisation").first()
    if found is not None:
        return found
    revision = last_revision(application)
    if revision is None:
        return None
    answers = revision.content.get("answers", {})
    kinds = {block["code"]: block["kind"] for block in _raw_blocks(revision.version)}
    seats = next((answers.get(code) for code, kind in kinds.items() if kind == "head_count"), None)
    if not isinstance(seats, int):
        return None
    units = next((answers.get(code) for code, kind in kinds.items() if kind == "unit_preference"), None) or []
    wishes = [Wish(WishKind.UNIT, code) for code in units]
    return state_need(application=application, seats=seats, wishes=wishes, by=log.SYSTEM)


def _is_under_way(call: Any) -> bool:
    """Whether the rooms of the round were given out already: from then on offers go out one by one."""
    return AllocationRun.objects.filter(call=call, status=AllocationStatus.PUBLISHED).exists()


def _raw_blocks(version: Any) -> list[dict[str, Any]]:
    return [block for section in version.form.get("sections", ()) for block in section.get("blocks", ())]


def _codes(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else re.split(r"[,\s]+", value or "")
    return [part.strip() for part in parts if part.strip()]


def _with(block: Block, limits: Mapping[str, Any]) -> Block:
    return Block(block.code, block.kind, block.label, block.help, block.required, limits, block.shown_if)


def _acting(by: Any, organisation: Organisation) -> Any:
    """Who acts, in the role under which intake let them: the company's master, or else the approver."""
    if by is log.SYSTEM:
        return by
    return by.acting_as(COMPANY_MASTER if is_master(by, organisation) else "space.approver")


SPACE = SpaceProgramme()
