"""Helpers of the journeys that are not about a browser: the mail that arrived, the crowd that acts by services."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_string, policy
from pathlib import Path

from college import services as college
from college.models import Course, Qualification
from portal.accounts import demo
from portal.accounts.models import User
from portal.accounts.queries import master_of
from portal.core.clock import database_now
from portal.core.periods import SEOUL as SEOUL
from portal.intake import services
from portal.intake.models import Call, ScoreSheet, SupplementRequest
from tenancy import services as tenancy
from tenancy.models import Hub
from tenancy.rehearsal.cast import Applicant, apply_as
from tenancy.rehearsal.companies import invent

ROOT = Path(__file__).resolve().parents[2]


def in_mail(var: Path, *, to: str, pattern: str, seconds: float = 60.0) -> str:
    """What matches ``pattern`` in the newest mail to this person that has it; waits for the worker to send it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for text in _mails(var, to):
            if found := re.search(pattern, text):
                return found[0]
        time.sleep(0.3)
    raise AssertionError(f"no mail with {pattern} for {to} in {var / 'mail'}")


def _mails(var: Path, to: str) -> Iterator[str]:
    for path in sorted((var / "mail").glob("*"), key=lambda path: path.stat().st_mtime, reverse=True):
        for raw in re.split(r"^-{70,}$", path.read_text(), flags=re.MULTILINE):
            message = message_from_string(raw.strip(), policy=policy.default)
            if to in str(message["To"]) and (body := message.get_body(("plain",))):
                yield body.get_content()


def staff(key: str) -> User:
    return User.objects.get(email=f"{key}@{demo.DOMAIN}")


def qualify(course: Course) -> None:
    """The demonstration's instructor may teach this course, by two people."""
    if Qualification.objects.filter(course=course, status="APPROVED").exists():
        return
    today = database_now().date()
    row = college.submit_qualification(
        instructor=staff("instructor"),
        course=course,
        evidence="현장 경력 10년",
        valid_from=today - timedelta(days=400),
        valid_to=today + timedelta(days=400),
        by=staff("college"),
        now=database_now(),
    )
    college.approve_qualification(qualification=row, by=staff("college-approver"), now=database_now())


def rivals(call: Call, count: int) -> list[Applicant]:
    """Other companies that apply in the meantime, by the services people use; those of one call apply to no other."""
    now, found = database_now(), []
    for company in invent(count, foreign=0, play=900 + call.pk % 100, before=now.date() - timedelta(days=400)):
        applicant = apply_as(company, now)
        application = services.start_application(
            call=call,
            organisation=applicant.organisation,
            by=applicant.master,
            now=now,
            track=call.tracks.get(code="DOMESTIC"),
        )
        answers = {
            "business": {"field": "service", "summary": company.name_ko, "technology": "기술", "growth": "성장"},
            "space": {"seats": 3, "units": [], "other_space": "none"},
            "confirmations": {"tax": True, "credit": True, "privacy": True},
        }
        for section, values in answers.items():
            services.save_draft(
                application=application, section=section, answers=values, version=0, by=applicant.master, now=now
            )
        services.submit(application=application, key=f"rival:{company.number}", by=applicant.master, now=now)
        found.append(applicant)
    return found


def close(call: Call) -> None:
    """Closing time comes: the entry is counted."""
    services.close_call(call=call, by=staff("officer"), now=call.closes_at)
    call.refresh_from_db()


def bell(call: Call) -> None:
    """Closing time comes, and the public value of the lottery is entered."""
    close(call)
    services.draw_lottery(call=call, public_value="KOSPI-2026-1", by=staff("officer"), now=call.closes_at)


def answer_the_rest(call: Call) -> None:
    """Every other company that goes on answers what is asked of that stage."""
    asked = SupplementRequest.objects.filter(application__call=call, stage__isnull=False, status="ASKED")
    for request in asked.select_related("application__organisation", "application__call__current", "stage"):
        application, now = request.application, database_now()
        master = master_of(application.organisation)
        services.save_draft(
            application=application,
            section="presentation",
            answers={"pitch": "첫해의 계획"},
            version=0,
            by=master,
            now=now,
        )
        services.answer_supplement(request=request, key=f"later:{application.receipt_number}", by=master, now=now)


def score_the_rest(call: Call, points: dict[str, int]) -> None:
    """Every open sheet is filled and locked; ``points`` by receipt number, others get few."""
    sheets = ScoreSheet.objects.filter(assignment__stage__call=call, status="OPEN").select_related(
        "assignment__stage__call", "assignment__member__evaluator__user", "assignment__application"
    )
    for sheet in sheets:
        user = sheet.assignment.member.evaluator.user
        given = points.get(sheet.assignment.application.receipt_number or "", 14)
        codes = [criterion.code for criterion in sheet.assignment.stage.criteria.all()]
        services.fill_sheet(sheet=sheet, scores=dict.fromkeys(codes, given), by=user, now=database_now())
        services.lock_sheet(sheet=sheet, by=user, now=database_now())


def pledge_the_rest(call: Call, *, but: str) -> None:
    """The other evaluators sign and know nobody."""
    for number in range(1, 8):
        if f"evaluator{number}" != but:
            services.sign_pledge(call=call, by=staff(f"evaluator{number}"), now=database_now())


def give_terms(code: str, *, like: Call) -> None:
    """On what terms the draft of this code gives out rooms: those of another call, in a hub with many."""
    call, terms = Call.objects.get(code=code), like.space_terms
    hub = Hub.objects.get(code="gaepo")
    tenancy.set_terms(
        call=call, hubs=[hub], rate_card=terms.rate_card, start_date=terms.start_date, by=staff("officer")
    )
