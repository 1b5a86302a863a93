"""An alarm of the ledger reaches those whose work it is."""

from ledger import alarms
from portal.notices.models import Notice
from tests.factories.people import person, with_role


def test_administrators_and_auditors_are_told_each_once(db):
    admin, auditor = with_role("admin"), with_role("auditor")
    with_role("auditor", user=admin)
    person()
    alarms.sound("inspection", "1 problems, first: entry 5 is missing")
    told = Notice.objects.filter(topic="ledger.alarm").order_by("user_id")
    assert [notice.user_id for notice in told] == sorted([admin.pk, auditor.pk])
    assert "entry 5 is missing" in told[0].body
