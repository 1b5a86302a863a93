"""What accounts and notices show on the shared pages."""

import pytest

from portal.accounts import panels
from portal.accounts.services import invite, request_deletion
from portal.core.models import OutboxMessage, OutboxStatus
from portal.notices import panels as notices_panels
from tests.factories.people import NOW, company, person, with_role

pytestmark = pytest.mark.django_db


def labels(context):
    return [(task.label, task.status) for task in context["tasks"]]


def test_my_page_shows_invitations_that_wait():
    user, master = person(email="a@example.com"), person("김가온")
    assert panels.my_invitations(user, NOW) is None
    invite(by=master, organisation=company(master, name="가온체인"), email="a@example.com", now=NOW)
    assert labels(panels.my_invitations(user, NOW)) == [("가온체인", "초대받음")]


def test_the_administrators_desk_counts_deletion_requests():
    admin = with_role("admin")
    request_deletion(by=person(), now=NOW)
    shown = [("역할 관리", "언제든지"), ("계정 삭제 요청 처리", "1"), ("보존 명령", "언제든지")]
    assert labels(panels.administration(admin, NOW)) == shown


def test_failed_messages_show_when_there_are_some():
    admin = with_role("admin")
    assert notices_panels.failed(admin, NOW) is None
    OutboxMessage.objects.create(topic="notice.email", status=OutboxStatus.DEAD)
    assert labels(notices_panels.failed(admin, NOW)) == [("발신 실패", "1")]
