"""Every address of intake × every kind of person × own or foreign. A new address without a row fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.intake import services, urls
from portal.intake.models import ScoreSheet
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import OPENS, REVIEW
from tests.house.access import ELSEWHERE, TABLE

pytestmark = pytest.mark.django_db

#: Who may read what. master/member: of the company concerned; judge: the evaluator of the file; the desks: of the call's
#: room and cluster. Nobody else: a visitor is sent to sign in, a stranger finds nothing.
STAFF = {"officer", "approver", "reviewer", "auditor"}
COMPANY = {"master", "member"}
EVERYBODY = COMPANY | STAFF | {"judge", "stranger", "foreign_officer", "other_judge", "visitor"}
SIGNED_IN = EVERYBODY - {"visitor"}
READERS = {
    "calls": EVERYBODY,
    "call": EVERYBODY,
    "start": SIGNED_IN,
    "applications": SIGNED_IN,
    "application": COMPANY,
    "page": COMPANY,
    "attach": COMPANY,
    "check": COMPANY,
    "request-sending": COMPANY,
    "receipt": COMPANY,
    "withdraw": COMPANY,
    "file": COMPANY | STAFF | {"judge"},
    "remove-file": COMPANY,
    "notice": COMPANY,
    "appeal-form": COMPANY,
    "appeal": COMPANY | STAFF,
    "reviews": SIGNED_IN,
    "review-call": {"judge", "other_judge"},
    "pledge": {"judge", "other_judge"},
    "sheet": {"judge"},
    "lock": {"judge"},
    "sheet-receipt": {"judge"},
    "recuse": {"judge"},
    "desk-calls": SIGNED_IN,
    "desk-call": STAFF,
    "entries": STAFF,
    "bench": STAFF,
    "step": STAFF,
    "desk-stage": STAFF,
    "stage-step": STAFF,
    "desk-application": STAFF,
    "finding": STAFF,
    "supplement": STAFF,
    "decision": STAFF,
}
#: Who may open these is asked role by role there.
ASKED_IN_THE_HOUSE = {name.removeprefix("intake:") for name in {**TABLE, **ELSEWHERE} if name.startswith("intake:")}
#: They see the case, but this is not theirs to do (or, for a supplement, no longer the time): no form is shown to them.
NOT_THEIRS = {
    "withdraw": {"member"},
    "appeal-form": {"member"},
    "supplement": STAFF,
    "step": STAFF - {"officer"},
    "stage-step": STAFF - {"officer"},
}
#: Only POST; a GET shows that the address is closed to everybody but leaks nothing.
POST_ONLY = {"attach", "request-sending", "remove-file"}


@pytest.fixture
def house(monkeypatch):
    """One case with everything in it, and one person of each kind."""
    for name in ("applicant", "desk", "drafting", "public", "review", "steps"):
        monkeypatch.setattr(f"portal.intake.views.{name}.database_now", lambda: REVIEW + timedelta(days=1))
        monkeypatch.setattr(
            f"portal.intake.views.{name}.arrived_at", lambda _: REVIEW + timedelta(days=1), raising=False
        )
    trial = factory.open_round(
        stages=[factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[("기술성", 10_000)], per_file=1)]
    )
    mine, theirs = trial.draft(), trial.draft()
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n")
    attachment = services.attach_file(
        application=mine, block="deck", name="a.pdf", content=pdf, by=trial.masters[0], now=OPENS
    )
    for application, master in zip((mine, theirs), trial.masters, strict=True):
        services.submit(application=application, key="k", by=master, now=OPENS)
        application.refresh_from_db()
    trial.close()
    trial.check_eligibility()
    trial.seat(size=2)
    stage = trial.assign(1)
    sheet = ScoreSheet.objects.get(assignment__application=mine)
    judge = sheet.assignment.member.evaluator
    other = next(one for one in trial.evaluators if one.pk != judge.pk)
    trial.score(stage, {str(mine): 5, str(theirs): 25})
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    decision = services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW)
    trial.tell(decision)
    notice = mine.notices.last()
    appeal = services.file_appeal(notice=notice, grounds="다시", by=trial.masters[0], now=REVIEW)
    member = people.person()
    mine.organisation.memberships.create(user=member, kind="MEMBER")
    cluster = trial.call.cluster
    persons = {
        "visitor": None,
        "stranger": trial.masters[1],
        "master": trial.masters[0],
        "member": member,
        "judge": judge.user,
        "other_judge": other.user,
        "officer": trial.officer,
        "approver": trial.approver,
        "reviewer": people.with_role("space.appeal_reviewer", cluster=cluster),
        "auditor": people.with_role("auditor"),
        "foreign_officer": people.with_role("space.officer", cluster=people.cluster("incheon")),
    }
    things = {"attachment": attachment, "notice": notice, "appeal": appeal, "sheet": sheet, "decision": decision}
    return persons, addresses_of(
        trial.call.code, mine.public_id, **{name: one.public_id for name, one in things.items()}
    )


def addresses_of(code, case, *, attachment, notice, appeal, sheet, decision):
    """Every address of intake with the arguments that lead to the case."""
    return {
        "call": [code],
        "start": [code],
        "application": [case],
        "page": [case, "plan"],
        "attach": [case, "deck"],
        "check": [case],
        "request-sending": [case],
        "receipt": [case, 1],
        "withdraw": [case],
        "file": [attachment],
        "remove-file": [attachment],
        "notice": [notice],
        "appeal-form": [notice],
        "appeal": [appeal],
        "review-call": [code],
        "pledge": [code],
        "sheet": [sheet],
        "lock": [sheet],
        "sheet-receipt": [sheet],
        "recuse": [sheet],
        "desk-call": [code],
        "entries": [code],
        "bench": [code],
        "step": [code, "finalise"],
        "desk-stage": [code, 1],
        "stage-step": [code, 1, "settle"],
        "desk-application": [case],
        "finding": [case, "company_age"],
        "supplement": [case],
        "decision": [decision],
    }


def test_every_address_has_a_row():
    assert {pattern.name for pattern in urls.urlpatterns} == set(READERS) | ASKED_IN_THE_HOUSE


def test_matrix(house, at):
    persons, addresses = house
    wrong = []
    for kind, person in persons.items():
        browser = at(person)
        for name, readers in READERS.items():
            answer = browser.get(reverse(f"intake:{name}", args=addresses.get(name, [])))
            expected = _expected(kind, name, readers)
            if answer.status_code not in expected:
                wrong.append((kind, name, answer.status_code))
            if answer.status_code == 302 and kind == "visitor" and "login" not in answer.url:
                wrong.append((kind, name, answer.url))
            if answer.streaming:
                b"".join(answer.streaming_content)  # read to the end: the file behind it is closed
    assert wrong == []


def _expected(kind, name, readers):
    if kind == "visitor" and kind not in readers:
        return {302, 405} if name in POST_ONLY else {302}
    if name in POST_ONLY:
        return {405}
    if kind in NOT_THEIRS.get(name, ()):
        return {403}
    return {200, 302} if kind in readers else {404}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("attach", ["stranger", "officer", "judge", "visitor"]),
        ("remove-file", ["stranger", "officer", "judge", "visitor"]),
        ("request-sending", ["stranger", "officer", "visitor"]),
        ("check", ["stranger", "officer", "judge", "visitor"]),
        ("withdraw", ["stranger", "officer", "visitor"]),
        ("appeal-form", ["stranger", "officer", "visitor"]),
        ("lock", ["other_judge", "officer", "master", "visitor"]),
        ("sheet", ["other_judge", "officer", "master", "visitor"]),
        ("step", ["foreign_officer", "master", "judge", "visitor"]),
        ("decision", ["foreign_officer", "master", "judge", "visitor"]),
        ("finding", ["foreign_officer", "master", "judge", "visitor"]),
    ],
)
def test_strangers_cannot_write(house, at, name, kinds):
    persons, addresses = house
    for kind in kinds:
        answer = at(persons[kind]).post(
            reverse(f"intake:{name}", args=addresses[name]), {"reason": "x", "grounds": "x"}
        )
        assert answer.status_code == (302 if kind == "visitor" else 404), (name, kind)
        assert kind != "visitor" or "login" in answer.url


def test_auditor_reads_and_changes_nothing(house, at):
    persons, addresses = house
    browser = at(persons["auditor"])
    for name, data in (("step", {}), ("stage-step", {}), ("finding", {"outcome": "PASS", "evidence": "x"})):
        assert browser.post(reverse(f"intake:{name}", args=addresses[name]), data).status_code in (403, 422)
