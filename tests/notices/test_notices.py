"""Telling people: the inbox, the mails, the preferences, the dead letters."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.accounts.export import archive
from portal.core import outbox
from portal.core.clock import database_now
from portal.core.errors import NotAllowed
from portal.core.models import OutboxMessage, OutboxStatus
from portal.notices import queries, registry, services
from portal.notices.models import Notice
from portal.notices.registry import Topic
from tests.factories.people import NOW, company, person, with_role

pytestmark = pytest.mark.django_db
RESULT = Topic("test.result", _("알림"), _("알림 설정"), "{name}: {at} · {day}", required=True)
NEWS = Topic("test.news", "News", "News of {name}", "It is {n}.")


@pytest.fixture(autouse=True)
def topics(monkeypatch):
    monkeypatch.setattr(registry, "_topics", {topic.code: topic for topic in (RESULT, NEWS)})


def tell(to, topic="test.news", **fields):
    return services.notify(to=to, topic=topic, context={"name": "가온", "n": 7}, **fields)


def test_a_notice_stands_in_the_inbox_and_goes_out_once(django_assert_num_queries):
    user = person()
    [notice] = tell(user, url="/ko/notices/")
    assert (notice.title, notice.body, notice.read_at) == ("News of 가온", "It is 7.", None)
    outbox.drain()
    outbox.drain()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([user.email], "[마당] News of 가온")
    assert "It is 7." in sent.body
    assert "http://127.0.0.1:8000/ko/notices/" in sent.body
    assert sent.alternatives[0].mimetype == "text/html"
    assert Notice.objects.get().mailed_at is not None


def test_each_is_told_in_their_language():
    at = datetime(2019, 12, 9, 14, 59, 59, tzinfo=UTC)
    context = {"name": "Grace", "at": at, "day": at.date()}
    people = [person(language="ko"), person(language="en")]
    korean, english = services.notify(to=people, topic="test.result", context=context, url="/ko/notices/")
    assert korean.title != english.title
    assert "23" in korean.body
    assert (korean.url, english.url) == ("/ko/notices/", "/en/notices/")
    outbox.drain()
    assert {sent.to[0]: "Madang" in sent.subject for sent in mail.outbox} == {
        people[0].email: False,
        people[1].email: True,
    }


def test_the_same_key_is_told_once():
    first, second = person(), person()
    tell(first, key="call:1")
    tell([first, second], key="call:1")
    tell(first, key="call:2")
    assert Notice.objects.filter(user=first).count() == 2
    assert Notice.objects.filter(user=second).count() == 1
    outbox.drain()
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted([first.email, first.email, second.email])


def test_a_company_is_told_through_all_who_act_for_it():
    master, member, left = person(), person(), person(is_active=False)
    tell(company(master, member, left))
    assert set(Notice.objects.values_list("user", flat=True)) == {master.pk, member.pk}


def test_one_told_twice_in_a_list_is_told_once():
    user = person()
    assert len(tell([user, user])) == 1


def test_a_preference_stops_the_mail_and_not_the_inbox():
    user = person()
    services.choose(by=user, wanted=[])
    tell(user)
    services.notify(to=user, topic="test.result", context={"name": "", "at": "", "day": ""})
    outbox.drain()
    assert [sent.subject for sent in mail.outbox] == ["[마당] 알림 설정"]
    assert queries.unread_count(user) == 2
    services.choose(by=user, wanted=["test.news"])
    assert queries.preferences(user) == [(RESULT, True), (NEWS, True)]


def test_demonstration_people_have_no_mailbox():
    tell(person(is_demo=True))
    assert (Notice.objects.count(), OutboxMessage.objects.count()) == (1, 0)


def test_a_topic_nobody_registered_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        tell(person(), topic="no.such")
    with pytest.raises(ValueError, match=r"test\.news"):
        registry.register(Topic("test.news", "x", "y"))


@pytest.mark.parametrize("people", [1, 3])
def test_telling_many_takes_as_many_statements_as_telling_one(people, django_assert_num_queries):
    users = [person() for _ in range(people)]
    with django_assert_num_queries(3):  # preferences, inbox rows, mails in the outbox
        tell(users)


def test_a_refused_transaction_tells_nobody():
    with pytest.raises(RuntimeError), transaction.atomic():
        tell_and_fail(person())
    assert (Notice.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def tell_and_fail(user):
    tell(user)
    raise RuntimeError


def test_the_inbox_lists_filters_opens_and_clears(client, signed_in):
    user = signed_in()
    first, *_rest = [tell(user, url="/ko/account/")[0] for _ in range(3)]
    tell(person())
    inbox = reverse("notices:inbox")
    assert len(client.get(inbox).context["page"].object_list) == 3
    assert client.post(reverse("notices:opened", args=[first.pk])).url == "/ko/account/"
    assert len(client.get(inbox + "?show=unread").context["page"].object_list) == 2
    client.post(reverse("notices:read_all"))
    assert queries.unread_count(user) == 0
    assert client.get(inbox).status_code == 200


def test_a_notice_leads_on_in_the_language_of_the_page_on_which_it_is_opened(client, signed_in):
    [notice] = tell(signed_in(), url="/ko/account/?show=all")
    with translation.override("en"):
        address = reverse("notices:opened", args=[notice.pk])
    assert client.post(address).url == "/en/account/?show=all"


def test_nobody_opens_the_notice_of_another(client, signed_in):
    [notice] = tell(person())
    signed_in()
    assert client.post(reverse("notices:opened", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_takes_the_same_queries_for_any_number(client, signed_in, count, django_assert_num_queries):
    user = signed_in()
    for _n in range(count):
        tell(user)
    client.get(reverse("notices:inbox"))
    with django_assert_num_queries(8):
        client.get(reverse("notices:inbox"))


def test_preferences_are_chosen_on_their_page(client, signed_in):
    user = signed_in()
    assert client.get(reverse("notices:preferences")).status_code == 200
    client.post(reverse("notices:preferences"), {"topic": ["nonsense"]})
    assert queries.preferences(user) == [(RESULT, True), (NEWS, False)]


@pytest.fixture
def dead(db):
    return OutboxMessage.objects.create(
        topic="notice.email", payload={}, status=OutboxStatus.DEAD, attempts=12, last_error="smtp <down>"
    )


def enter_as(client, signed_in, role):
    user = signed_in(with_role(role))
    session = client.session
    session["second_factor_confirmed"] = user.pk
    session.save()
    return user


def test_an_administrator_sees_dead_letters_and_revives_them(client, signed_in, dead):
    enter_as(client, signed_in, "admin")
    page = client.get(reverse("notices:dead_letters"))
    assert "smtp &lt;down&gt;" in page.text
    client.post(reverse("notices:revive", args=[dead.pk]))
    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == (OutboxStatus.WAITING, 0)
    client.post(reverse("notices:revive", args=[dead.pk]))
    assert len(client.get(reverse("notices:dead_letters")).context["page"].object_list) == 0


@pytest.mark.parametrize("role", ["space.officer", "auditor", "space.evaluator"])
def test_others_do_not(client, signed_in, dead, role):
    user = enter_as(client, signed_in, role)
    assert client.get(reverse("notices:dead_letters")).status_code == 403
    assert client.post(reverse("notices:revive", args=[dead.pk])).status_code == 403
    with pytest.raises(NotAllowed):
        services.revive(by=user, message=dead)


def test_the_export_holds_ones_own_notices():
    user, other = person(), person()
    tell(user)
    services.notify(to=other, topic="test.news", context={"name": "비밀", "n": 0})
    packed = archive(user=user, now=NOW)
    assert b"notices.json" in packed
    from portal.notices.holdings import notices

    assert [row["title"] for row in notices(user)] == ["News of 가온"]


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        ("notice_told_once", "INSERT INTO notices_notice (id, user_id, topic, title, body, url, key)"
                             " SELECT gen_random_uuid(), user_id, topic, title, body, url, key FROM notices_notice"),
        ("notice_read_later", "UPDATE notices_notice SET read_at = created_at - interval '1 second'"),
        ("preference_channel_known", "UPDATE notices_preference SET channel = 'PIGEON'"),
    ],
)  # fmt: skip
def test_the_database_holds_it(constraint, statement):
    user = person()
    tell(user, key="once")
    services.choose(by=user, wanted=[])
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_marking_read_leaves_what_came_later():
    user = person()
    now = database_now()
    tell(user)
    Notice.objects.update(created_at=database_now())
    assert services.mark_all_read(by=user, now=now) == 0


def test_many_companies_are_told_their_own_in_as_many_statements_as_one(django_assert_num_queries):
    people = [person(), person(), person()]
    firms = [company(people[0], people[1], name="하나"), company(people[2], name="둘")]
    letters = [
        services.Letter(to=firm, context={"name": firm.name_ko, "n": 1}, url="", key=f"letter:{firm.pk}")
        for firm in firms
    ]
    with django_assert_num_queries(4):  # members, notices, preferences, mails in the outbox
        services.notify_all(topic="test.news", letters=letters)
    told = {(notice.user, notice.title) for notice in Notice.objects.all()}
    assert told == {(people[0], "News of 하나"), (people[1], "News of 하나"), (people[2], "News of 둘")}
    services.notify_all(topic="test.news", letters=letters)
    assert Notice.objects.count() == len(people)
