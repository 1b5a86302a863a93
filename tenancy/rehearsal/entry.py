"""The entry of the round: who applies with what, when, and who comes too late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from portal.core.errors import Late
from portal.intake import services as intake
from portal.intake.enums import SupplementStatus
from portal.intake.models import Application, Call, SupplementRequest
from tenancy.rehearsal.cast import Applicant, apply_as
from tenancy.rehearsal.companies import Invented, invent
from tenancy.rehearsal.facts import Round

#: Every so many companies one is large.
_LARGE_EVERY = 4
_TOO_OLD = date(2012, 1, 16)
#: Steps through the companies so that domestic and foreign ones come mixed; prime to any count we invent.
_STRIDE = 37


class Entry:
    """Everything between opening and closing."""

    def __init__(self, round_: Round, call: Call) -> None:
        self.round, self.call = round_, call
        by_track = round_.made_up["applications_by_track"]
        self.domestic, self.foreign = int(by_track["DOMESTIC"]), int(by_track["FOREIGN"])
        self.drafts = int(round_.made_up["drafts_never_sent"])
        self.count = self.domestic + self.drafts + self.foreign
        self.applicants: list[Applicant] = []
        self.late = 0

    def receive(self) -> None:
        """All companies in their turn, then the late ones."""
        companies = invent(
            self.domestic + self.drafts, foreign=self.foreign, play=self.round.play, before=self.round.opens_at.date()
        )
        unsent = range(self.domestic, self.domestic + self.drafts)
        too_old = self._ineligible("company_age")
        for company in sorted(companies, key=self._turn):
            known = company.founded(_TOO_OLD) if company.number in too_old else company
            applicant = apply_as(known, self.round.opens_at)
            application = self._write(applicant)
            if company.number not in unsent:
                self._send(applicant, application, self._moment(company))
        self._come_late(list(unsent)[: self.round.made_up["late_attempts"]])

    def _turn(self, company: Invented) -> int:
        """In which order they come: domestic and foreign mixed, the same every time."""
        return company.number * _STRIDE % self.count

    def _moment(self, company: Invented) -> datetime:
        """Applications come in over the whole time, the last ones minutes before closing."""
        span = self.round.closes_at - self.round.opens_at - timedelta(minutes=5)
        return self.round.opens_at + span * (self._turn(company) + 1) / self.count

    def _write(self, applicant: Applicant) -> Application:
        now = self.round.opens_at + timedelta(minutes=1)
        track = self.call.tracks.get(code=applicant.track)
        application = intake.start_application(
            call=self.call, organisation=applicant.organisation, by=applicant.master, now=now, track=track
        )
        for section, answers in self._answers(applicant).items():
            intake.save_draft(
                application=application, section=section, answers=answers, version=0, by=applicant.master, now=now
            )
        self.applicants.append(applicant)
        return application

    def _answers(self, applicant: Applicant) -> dict[str, dict[str, Any]]:
        number, foreign = applicant.company.number, applicant.track == "FOREIGN"
        elsewhere = number in self._ineligible("other_public_space")
        name = applicant.company.name_en if foreign else applicant.company.name_ko
        return {
            "business": {
                "field": "exchange" if number in self._ineligible("excluded_business") else "service",
                "summary": f"{name}: records that anyone can check"
                if foreign
                else f"{name}: 누구나 확인할 수 있는 기록",
                "technology": "Invented for the rehearsal." if foreign else "예행연습을 위해 지어낸 기술 설명입니다.",
                "growth": "Invented for the rehearsal." if foreign else "예행연습을 위해 지어낸 성장 계획입니다.",
            },
            "space": {
                "seats": self._seats(number),
                "units": [],
                "other_space": "present" if elsewhere else "none",
                **({"other_space_until": "2020-06-30"} if elsewhere else {}),
            },
            "confirmations": {"tax": True, "credit": True, "privacy": True},
        }

    def _seats(self, number: int) -> int:
        """22 of 72 need a room for eight, among them at most as many of the strong ones as there are such rooms."""
        if number % _LARGE_EVERY == 0:
            return 5 + number // _LARGE_EVERY % 4
        return 6 if number in self._also_large() else 1 + number % 4

    def _also_large(self) -> set[int]:
        """So many more of the weak domestic companies that the large ones are as many as the data says."""
        regular = [n for n in self._sent_numbers() if n % _LARGE_EVERY == 0]
        missing = int(self.round.made_up["head_counts"]["5-8"]) - len(regular)
        strong = int(self.round.made_up["passing"]["planned"]["DOMESTIC"])
        weak = [n for n in range(strong, self.domestic) if n % _LARGE_EVERY]
        return set(weak[:missing])

    def _sent_numbers(self) -> list[int]:
        first_foreign = self.domestic + self.drafts
        return [*range(self.domestic), *range(first_foreign, first_foreign + self.foreign)]

    def _ineligible(self, why: str) -> set[int]:
        """The last domestic companies, in the order of the data's list."""
        found: set[int] = set()
        number = self.domestic
        for row in self.round.made_up["ineligible"]:
            numbers = range(number - row["count"], number)
            number -= row["count"]
            found |= set(numbers) if row["why"] == why else set()
        return found

    def _send(self, applicant: Applicant, application: Application, now: datetime) -> None:
        intake.submit(
            application=application, key=f"{self.call.code}:{applicant.company.number}", by=applicant.master, now=now
        )

    def _come_late(self, numbers: list[int]) -> None:
        """At 18:00:00.000 and after: refused, with the draft kept."""
        for delay, number in zip((0, 400), numbers, strict=True):
            applicant = next(one for one in self.applicants if one.company.number == number)
            application = self.call.applications.get(organisation=applicant.organisation)
            try:
                self._send(applicant, application, self.round.closes_at + timedelta(milliseconds=delay))
            except Late:
                self.late += 1


def answer_questions(call: Call, applicants: Iterable[Applicant]) -> int:
    """Every company that goes on answers what is asked only then, a day before it is heard; returns how many."""
    by_company = {applicant.organisation.pk: applicant for applicant in applicants}
    requests = SupplementRequest.objects.filter(application__call=call, status=SupplementStatus.ASKED)
    rows = list(requests.exclude(stage=None).select_related("application__call__current", "stage").order_by("pk"))
    for request in rows:
        applicant, now = by_company[request.application.organisation_id], request.due_at - timedelta(hours=6)
        name = applicant.organisation.name_ko
        pitch = {"pitch": f"{name}이(가) 지금까지 만든 것과 첫해의 계획을 보여 드립니다."}
        intake.save_draft(
            application=request.application,
            section="presentation",
            answers=pitch,
            version=0,
            by=applicant.master,
            now=now,
        )
        key = f"later:{request.application.receipt_number}"
        intake.answer_supplement(request=request, key=key, by=applicant.master, now=now)
    return len(rows)
