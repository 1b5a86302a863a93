"""The screens of a manager's report: what is due, the template, the difference, the confirmation, the correction."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from fund import services
from fund.models import Break, Upload, Valuation
from tests.factories import people
from tests.fund.filing import HOLD, blank, changed, confirm, filled, hand_in, reported, whole
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return reported()


def at(name, *args):
    return reverse(f"fund:{name}", args=args)


def page_of(made):
    return at("report", made.sub_fund.public_id, 2019, 2)


def sent(made, data, name="보고.xlsx", **asked):
    content = SimpleUploadedFile(name, data)
    return browser_of(made.reporter).post(page_of(made), {"file": content, **asked}, follow=True)


def text(answer):
    return answer.content.decode()


def test_from_the_list_to_the_applied_report(made):
    reporter = browser_of(made.reporter)
    assert page_of(made) in text(reporter.get(at("reporting")))
    answer = reporter.get(at("report_template", made.sub_fund.public_id, 2019, 2))
    assert answer["Content-Disposition"].startswith("attachment")
    shown = sent(made, changed(answer.content, whole(made)))
    assert "반영할 수 있습니다" in text(shown)
    row = Upload.objects.get()
    done = reporter.post(at("upload_step", row.public_id, "apply"), {"digest": row.digest}, follow=True)
    assert "보고를 반영했습니다" in text(done)
    assert Valuation.objects.count() == 2
    assert "이미 반영한 분기입니다" in text(reporter.get(page_of(made)))
    assert "이미 반영한 파일입니다" in text(sent(made, services.stored(row), reason="한 번 더"))
    assert "제출함" in text(reporter.get(at("reporting") + "?show=done"))


def test_bad_rows_are_shown_with_reasons_and_the_error_file_has_them(made):
    shown = text(sent(made, filled(made, H_F2=-1, S_C2="많음")))
    assert "고칠 행이 2개 있습니다" in shown
    assert "0보다 작은 금액" in shown
    assert shown.count(page_of(made)) == 2, "above, and beside the error file"
    assert "이대로 반영하기" not in shown
    row = Upload.objects.get()
    file = browser_of(made.reporter).get(at("upload_errors", row.public_id))
    assert "0보다 작은" in load_workbook(BytesIO(file.content))[HOLD]["J2"].value
    shown = browser_of(made.reporter).get("/en" + at("upload", row.public_id).removeprefix("/ko"))
    assert "An amount cannot be below zero" in text(shown)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"%PDF-1.7", b"\x00" * 900])
def test_whatever_is_sent_gets_a_polite_answer(made, data):
    answer = sent(made, data)
    assert answer.status_code == 422
    assert not Upload.objects.exists()


@pytest.mark.parametrize("step", ["apply", "check", "close", "other"])
def test_steps_answer_whatever_the_state(made, step):
    row = hand_in(made, filled(made))
    confirm(made, row)
    answer = browser_of(made.reporter).post(at("upload_step", row.public_id, step), {"digest": "x"}, follow=True)
    assert answer.status_code in (200, 404)


def test_a_correction_asks_why_and_says_so(made):
    confirm(made, hand_in(made, filled(made)))
    answer = sent(made, filled(made, H_F2=5))
    assert answer.status_code == 422
    assert Upload.objects.count() == 1
    assert "정정하는 이유" in text(sent(made, filled(made, H_F2=5), reason="평가를 고칩니다"))
    assert Upload.objects.last().reason == "평가를 고칩니다"


def test_quarters_that_are_not_due_are_not_there(made):
    reporter = browser_of(made.reporter)
    for year, quarter in ((2019, 5), (2018, 4), (2099, 1), (1, 1), (9999999, 1)):
        assert reporter.get(at("report", made.sub_fund.public_id, year, quarter)).status_code == 404


def test_strangers_see_nothing_and_readers_read(made):
    row = hand_in(made, filled(made))
    stranger, reader = browser_of(people.person()), browser_of(made.manager)
    for name in ("upload", "upload_errors", "upload_file"):
        assert stranger.get(at(name, row.public_id)).status_code == 403
        answer = reader.get(at(name, row.public_id))
        assert answer.status_code == 200
        assert answer.getvalue()
    assert "이대로 반영하기" not in text(reader.get(at("upload", row.public_id)))
    assert reader.post(page_of(made), {"file": SimpleUploadedFile("a.xlsx", blank(made))}).status_code == 403


def test_the_fund_manager_sees_late_reports_and_explains_what_differs(made):
    office = browser_of(made.manager)
    assert page_of(made) in text(office.get(at("desk")))
    confirm(made, hand_in(made, filled(made, S_C2=1)))
    found = Break.objects.get()
    assert at("break", found.public_id) in text(office.get(page_of(made)))
    assert at("break", found.public_id) not in text(browser_of(made.reporter).get(page_of(made)))
    assert office.post(at("break", found.public_id), {"to": "EXPLAINED", "reason": " "}).status_code == 422
    office.post(at("break", found.public_id), {"to": "RESOLVED", "reason": "입금일 차이"})
    found.refresh_from_db()
    assert (found.status, found.reason) == ("RESOLVED", "입금일 차이")
    assert office.get(at("break", found.public_id)).status_code == 302


def test_a_kept_file_that_is_gone_or_other_is_refused_and_no_fault(made):
    row = hand_in(made, filled(made))
    with row.file.storage.open(row.file.name, "wb") as kept:
        kept.write(b"other")
    reporter = browser_of(made.reporter)
    for name in ("upload_file", "upload_errors"):
        assert reporter.get(at(name, row.public_id)).status_code == 409
    row.file.storage.delete(row.file.name)
    for name in ("upload_file", "upload_errors"):
        assert reporter.get(at(name, row.public_id)).status_code == 409
