"""Certificates as the room issues them: checked by our verifier and by another's, taken back, issued anew."""

import copy
import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from college import credentials, issuers, queries, services
from college.models import Credential, IssuerKey, StatusList
from portal.core.errors import Invalid, NotAllowed
from tests.college.test_oracles import ask_javascript
from tests.factories.college import ENDED, college
from tests.factories.people import leaves

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.COLLEGE_KEY_DIR = tmp_path
    settings.SITE_URL = "https://madang.example"


@pytest.fixture
def place():
    made = college(capacity=3)
    made.credential = made.graduate(made.student("김하늘"))[0]
    return made


def verdict(credential, at=ENDED + HOUR, proof="both", signed=None):
    lists = {
        url: services.fresh_list(purpose=purpose, number=1, now=signed or at).document
        for purpose in ("revocation", "suspension")
        for url in [services.certificates.list_url(purpose, 1)]
    }
    return credentials.verify(services.document_of(credential, proof), at=at, lists=lists.get)


def test_what_is_issued_verifies_and_stands_in_the_ledger(place):
    credential = place.credential
    assert credential.number == "SBC-2020-000001"
    for proof in ("rdfc", "jcs", "both"):
        found = verdict(credential, proof=proof)
        assert (found.ok, found.issuer_known, found.reason) == (True, True, None)
    leaf = leaves(credential)[0]
    assert leaf["data"]["digest"] == credential.digest
    assert leaf["data"]["no"].startswith("college.cert/")
    assert "김하늘" not in json.dumps(leaf, ensure_ascii=False)
    assert queries.sealed_at(credential.digest) == ENDED


def test_javascript_accepts_what_is_issued_and_refuses_a_change(place):
    paper = services.document_of(place.credential, "rdfc")
    renamed = copy.deepcopy(paper)
    renamed["credentialSubject"]["identifier"][0]["identityHash"] = "이하늘"
    keys = issuers.document(queries.issuer(services.certificates.did()))
    answers = ask_javascript(keys, ENDED + HOUR, paper, renamed)
    assert [answer["verified"] for answer in answers] == [True, False]


def test_issuing_again_answers_the_one_in_force(place):
    again = credentials.issue(place.credential.completion, by=place.approver, now=ENDED + HOUR)
    assert again.pk == place.credential.pk
    with pytest.raises(NotAllowed):
        credentials.issue(place.credential.completion, by=place.officer, now=ENDED)


def test_a_list_signed_while_somebody_asks_is_known_to_them(place):
    asked = ENDED + HOUR
    assert verdict(place.credential, at=asked, signed=asked + timedelta(seconds=2)).reason is None


def test_suspension_is_seen_undone_and_revocation_is_for_good(place):
    credential = place.credential
    services.suspend(credential=credential, by=place.approver, now=ENDED, reason="확인 중")
    assert verdict(credential).reason == "status.suspended"
    services.restore(credential=credential, by=place.approver, now=ENDED, reason="이상 없음")
    assert verdict(credential).ok is True
    services.revoke(credential=credential, by=place.approver, now=ENDED, reason="대리 출석")
    assert verdict(credential).reason == "status.revoked"
    for undo in (services.restore, services.suspend):
        with pytest.raises(services.seats.Refused):
            undo(credential=credential, by=place.approver, now=ENDED, reason="다시")
    assert [leaf["type"].split("/")[0] for leaf in leaves(credential)] == [
        "college.cert.issued",
        "college.cert.suspended",
        "college.cert.restored",
        "college.cert.revoked",
    ]


def test_a_decision_on_a_certificate_needs_a_reason_and_the_right(place):
    for act in (services.suspend, services.revoke, services.reissue):
        with pytest.raises(Invalid):
            act(credential=place.credential, by=place.approver, now=ENDED, reason=" ")
        with pytest.raises(NotAllowed):
            act(credential=place.credential, by=place.officer, now=ENDED, reason="이유")


def test_a_new_document_keeps_number_and_date_and_the_old_one_leads_to_it(place):
    old = place.credential
    person = old.person
    person.name = "김하늬"
    person.save()
    new = services.reissue(credential=old, by=place.approver, now=ENDED + HOUR, reason="개명")
    assert (new.number, new.document["awardedDate"]) == (old.number, old.document["awardedDate"])
    assert (new.holder, old.replaced_by) == ("김하늬", new)
    assert verdict(old).reason == "status.revoked"
    assert verdict(new).ok is True


def test_a_retired_key_goes_on_proving_and_a_stolen_one_only_what_was_sealed(place):
    services.rotate_key(by=place.approver, now=ENDED + HOUR)
    assert verdict(place.credential, at=ENDED + 2 * HOUR).ok is True
    services.rotate_key(by=place.approver, now=ENDED + 2 * HOUR, compromised=True)
    assert verdict(place.credential, at=ENDED + 3 * HOUR).ok is True
    assert IssuerKey.objects.filter(expires_at=None, revoked_at=None).count() == 1
    keys = issuers.document(queries.issuer(services.certificates.did()))
    assert len(keys["verificationMethod"]) == 3


def test_a_list_is_signed_anew_after_a_change_and_within_its_day(place):
    first = services.fresh_list(purpose="revocation", number=1, now=ENDED)
    assert services.fresh_list(purpose="revocation", number=1, now=ENDED + HOUR).signed_at == first.signed_at
    assert services.fresh_list(purpose="revocation", number=1, now=ENDED + 12 * HOUR).signed_at == ENDED + 12 * HOUR
    services.revoke(credential=place.credential, by=place.approver, now=ENDED + 13 * HOUR, reason="사유")
    assert StatusList.objects.get(purpose="revocation").stale is True
    assert services.fresh_list(purpose="revocation", number=2, now=ENDED) is None
    assert services.fresh_list(purpose="other", number=1, now=ENDED) is None


def test_attendance_corrected_down_suspends_the_certificate(place):
    enrolment, lesson = place.credential.enrolment, place.run.lessons.get()
    correction = services.request_correction(
        lesson=lesson,
        enrolment=enrolment,
        by=place.officer,
        now=ENDED,
        reason="STAFF_ERROR",
        evidence="영상 기록",
        entries=[("IN", lesson.ends_at - HOUR), ("OUT", lesson.ends_at)],
    )
    services.check_correction(correction=correction, by=place.officer, now=ENDED)
    services.apply_correction(correction=correction, by=place.approver, now=ENDED)
    place.credential.refresh_from_db()
    assert place.credential.status == "SUSPENDED"
    assert verdict(place.credential).reason == "status.suspended"


def test_the_database_keeps_what_was_signed(place):
    for change in ({"issued_at": ENDED + HOUR}, {"holder": "다른 사람"}, {"document": {}}, {"number": "SBC-2020-9"}):
        with pytest.raises(DatabaseError, match="stays as it was signed"), transaction.atomic():
            Credential.objects.update(**change)
    with pytest.raises(DatabaseError, match="DELETE of college_credential is forbidden"), transaction.atomic():
        Credential.objects.all().delete()
