"""The programme ``course`` (교육생 선발): what intake asks of this room, inside the deciding transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from college import queries
from college.enums import RunStatus
from college.models import Run
from college.services import give_back_selected, offer_seat_to_selected, person_for
from college.services.selected import OPEN_RUN
from portal.core.errors import Overtaken
from portal.intake.blocks import BlockKind
from portal.intake.enums import Outcome
from portal.intake.registry import EligibilityCheck, Fit, Problem, Text


class CourseProgramme:
    """Competitions for the seats of one run. People apply in their own name; who is selected is offered a seat."""

    code = "course"
    room = "college"
    for_people = True
    words: Mapping[str, Text] = {"FULFILLED": _("등록완료")}
    blocks: Mapping[str, type[BlockKind]] = {}
    rules: Mapping[str, EligibilityCheck] = {}

    def check_call(self, version: Any) -> list[Problem]:
        """A call gives out the seats of a run that is linked to it, and not more than it has."""
        run = queries.run_of_call(version.call)
        if run is None:
            return [Problem(_("이 공고로 선발할 기수를 교육 화면에서 먼저 연결해 주십시오."))]
        problems = []
        quota = queries.quota_of_call(version.call)
        if quota > run.capacity:
            text = _("모집 수(%(quota)s)가 기수의 정원(%(capacity)s)보다 많습니다.")
            problems.append(Problem(text % {"quota": quota, "capacity": run.capacity}))
        if run.status == RunStatus.CANCELLED:
            problems.append(Problem(_("폐강한 기수입니다.")))
        if version.closes_at >= run.late_join_until:
            problems.append(Problem(_("접수 마감이 기수의 추가 합류 마감보다 늦습니다.")))
        return problems

    def preview(self, decision: Any) -> list[Problem]:
        """What would keep the selected from being offered their seats: the run, its seats, or one human selected twice."""
        run = queries.run_of_call(decision.call)
        if run is None:
            return [Problem(_("연결한 기수가 없어 자리를 제안할 수 없습니다."))]
        problems = []
        if run.status not in OPEN_RUN:
            problems.append(Problem(_("기수를 공고하지 않았거나 이미 끝나 자리를 제안할 수 없습니다.")))
        lines = decision.lines.filter(outcome="SELECTED").exclude(application__college_requests__live=True)
        lines = list(lines.select_related("application__organisation__person"))
        if len(lines) > run.free:
            text = _("선정 %(chosen)s명보다 남은 자리가 적습니다(%(free)s석).")
            problems.append(Problem(text % {"chosen": len(lines), "free": run.free}))
        return problems + _twice(lines, run)

    def published(self, line: Any, *, by: Any, now: datetime) -> None:
        """A seat is offered; raising undoes the whole publication. A reserve called too late to join finds its offer lapsed."""
        application = line.application
        run = queries.run_of_call(application.call)
        if run is None:
            raise Overtaken(_("연결한 기수가 없어 자리를 제안할 수 없습니다."))
        if now >= run.late_join_until and line.outcome == Outcome.SELECTED:
            raise Overtaken(_("추가 합류 마감이 지나 자리를 제안할 수 없습니다."))
        person = person_for(user=application.organisation.person)
        offer_seat_to_selected(run=run, person=person, application=application, place=line.place, now=now)

    def fits(self, entry: Any, freed: Any) -> Fit:
        """Whether a seat is free, can still be joined, and the reserve has none in this run."""
        run = queries.run_of_call(entry.application.call)
        if run is None or run.status not in OPEN_RUN:
            return Fit(ok=False, reason=_("더 합류할 수 없는 기수입니다."))
        if run.free < 1:
            return Fit(ok=False, reason=_("남은 자리가 없습니다."))
        person = queries.person_of(entry.application.organisation.person)
        if person is not None and any(one.run_id == run.pk for one in queries.live_of(person)):
            return Fit(ok=False, reason=_("이 기수에 이미 자리가 있습니다."))
        return Fit(ok=True)

    def left(self, application: Any, *, why: str, by: Any, now: datetime) -> None:
        """The offer or the seat is given back; none, nothing to do."""
        give_back_selected(application=application, now=now)


def _twice(lines: list[Any], run: Run) -> list[Problem]:
    """Those selected who are one human with another one selected, or who have a seat in the run."""
    people = queries.people_of([line.application.organisation.person for line in lines])
    seated = set(run.requests.filter(live=True).values_list("canonical", flat=True))
    problems = []
    for line in lines:
        person = people.get(line.application.organisation.person_id)
        if person is None:
            continue
        if person.one.pk in seated:
            text = _("접수번호 %(number)s: 같은 사람이 이미 선정되었거나 자리가 있습니다.")
            problems.append(Problem(text % {"number": str(line.application)}))
        seated.add(person.one.pk)
    return problems


COURSE = CourseProgramme()
