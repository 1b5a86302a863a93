"""What the database refuses of uploads and differences whoever asks; each goes around the services."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from fund.models import Break, Upload
from tests.factories.fund import NOW, formed

pytestmark = pytest.mark.django_db
END = date(2019, 3, 31)
SHA = "a" * 64


@pytest.fixture
def made():
    """Undone before the end of the test asks for the leaves that rows made around the services have not."""
    house = formed()
    with transaction.atomic():
        yield house
        transaction.set_rollback(True)


def upload(made, **changes):
    fields = {
        "sub_fund": made.sub_fund, "end_date": END, "name": "a.xlsx", "size": 1, "content_type": "x", "sha256": SHA,
        "file": "a", "uploaded_by": made.manager, "uploaded_at": NOW, **changes,
    }  # fmt: skip
    if fields.get("status") in ("CHECKED", "APPLIED"):
        fields = {"digest": SHA, "checked_at": NOW, **fields}
    if fields.get("status") in ("APPLIED", "REFUSED"):
        fields = {"ended_by": made.manager, "ended_at": NOW, **fields}
    return Upload.objects.create(**fields)


def difference(made, **changes):
    fields = {"kind": "BOOKS", "figure": "CASH", "on_date": END, "ours": 1, "theirs": 2, "opened_at": NOW, **changes}
    return Break.objects.create(sub_fund=made.sub_fund, **fields)


def refused(action, match):
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        action()


def without_leaf(action):
    def run():
        action()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return run


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"end_date": date(2019, 3, 30)}, "ends no quarter"),
        ({"status": "OTHER"}, "upload_status_known|upload_ended_by_somebody"),
        ({"scan": "OTHER"}, "upload_scan_known"),
        ({"sha256": "A" * 64}, "upload_is_known_by_content"),
        ({"status": "CHECKED", "digest": ""}, "upload_checked_has_a_result"),
        ({"status": "CHECKED", "ended_by_id": 1, "ended_at": NOW}, "upload_ended_by_somebody"),
        ({"status": "APPLIED", "ended_by": None, "ended_at": None}, "upload_ended_by_somebody"),
        ({"reason": "이유"}, "upload_corrects_for_a_reason"),
    ],
)
def test_an_upload_is_whole(made, changes, match):
    refused(lambda: upload(made, **changes), match)


def test_one_report_of_a_quarter_is_open_and_one_is_the_first(made):
    upload(made)
    refused(lambda: upload(made, sha256="b" * 64, status="CHECKED"), "one_open_report_of_a_quarter")
    upload(made, sha256="b" * 64, status="APPLIED")
    refused(lambda: upload(made, sha256="c" * 64, status="APPLIED"), "one_first_report_of_a_quarter")


def test_a_correction_names_an_applied_report_on_its_quarter_once(made):
    first = upload(made, status="APPLIED")
    other = date(2019, 6, 30)
    refused(lambda: upload(made, corrects=first, reason="이유", end_date=other), "corrects no applied report")
    refused(lambda: upload(made, corrects=first, sha256="b" * 64), "upload_corrects_for_a_reason")
    refused(lambda: upload(made, corrects=first, reason="이유", status="APPLIED"), "a_file_is_applied_once")
    upload(made, corrects=first, reason="이유", sha256="b" * 64, status="APPLIED")
    again = {"corrects": first, "reason": "이유", "sha256": "c" * 64, "status": "APPLIED"}
    refused(lambda: upload(made, **again), "a_report_is_corrected_once")


def test_a_file_stays_as_it_came_and_as_it_was_read(made):
    row = upload(made, status="CHECKED")
    rows = Upload.objects.filter(pk=row.pk)
    refused(lambda: rows.update(sha256="b" * 64), "stays as it was handed in")
    refused(rows.delete, "stays")
    ended = {"status": "APPLIED", "ended_by": made.manager, "ended_at": NOW}
    refused(lambda: rows.update(result={"rows": []}, **ended), "stays as it was handed in and read")
    rows.update(**ended)
    refused(lambda: rows.update(status="CHECKED", ended_by=None, ended_at=None), "stays as it was")
    refused(without_leaf(lambda: None), "leaf")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"status": "OTHER", "reason": "이유", "judged_at": NOW}, "break_status_known|break_judged"),
        ({"figure": "OTHER"}, "break_figure_known"),
        ({"theirs": 1}, "break_sides_differ"),
        ({"kind": "REPORT"}, "break_of_a_report_names_it"),
        ({"status": "EXPLAINED"}, "break_judged_with_a_reason"),
        ({"reason": "이유"}, "break_judged_with_a_reason"),
    ],
)
def test_a_difference_is_whole(made, changes, match):
    refused(lambda: difference(made, **changes), match)


def test_a_difference_stands_once_and_its_sides_stay(made):
    row = difference(made)
    refused(lambda: difference(made, theirs=3), "one_standing_break_of_a_thing")
    rows = Break.objects.filter(pk=row.pk)
    refused(lambda: rows.update(ours=5), "stay as they were found")
    refused(rows.delete, "stay as they were found")
    rows.update(status="RESOLVED", reason="이유", judged_by=made.approver, judged_at=NOW)
    refused(lambda: rows.update(status="OPEN", reason="", judged_by=None, judged_at=None), "stay as they were")
    difference(made, theirs=3)
    refused(without_leaf(lambda: None), "leaf")
