"""이해관계: an evaluator's own declarations, with their trace; what excludes; the pages."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from portal.accounts.personal import all_holdings
from portal.core import outbox
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.intake import queries, services
from portal.intake.interests import Tie, entered, excluding
from portal.intake.models import Assignment, Challenge, Conflict, Interest
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import REVIEW

pytestmark = pytest.mark.django_db
TODAY, BEFORE = REVIEW.date(), date(2018, 3, 2)
OURS = "1234567891"


@pytest.fixture
def judge():
    trial = factory.open_round()
    return factory.evaluator(trial.call, by=trial.officer).user


def declare(by, **changes):
    asked = {"kind": "MENTOR", "name": "새싹", "business_number": OURS, "since": BEFORE, "now": REVIEW}
    return services.declare_interest(by=by, **(asked | changes))


@pytest.mark.parametrize(
    ("tie", "reason"),
    [
        (Tie("EMPLOYER", OURS), "재직"),
        (Tie("EMPLOYER", OURS, "2017-12-12"), "재직"),
        (Tie("EMPLOYER", OURS, "2017-12-11"), None),
        (Tie("SHARE", OURS, None, 101), "지분"),
        (Tie("SHARE", OURS, None, 100), None),
        (Tie("SHARE", OURS, "2019-12-12", 101), "지분"),
        (Tie("SHARE", OURS, "2019-12-11", 101), None),
        (Tie("FAMILY", OURS, "1990-01-01"), "친족"),
        (Tie("FAMILY", "한 가족"), "친족"),
        (Tie("INVESTOR", OURS, "2017-12-11"), None),
        (Tie("ADVISER", "9999999999"), None),
    ],
)
def test_which_ties_exclude(tie, reason):
    found = list(excluding([tie], numbers=[OURS], representative="한가족", share_bp=100, on=date(2019, 12, 12)))
    assert len(found) == (reason is not None)
    assert all(reason in words for words in found)


def test_what_the_desk_entered_is_read_in_all_its_shapes():
    sold = {"bp": 300, "until": "2019-01-01"}
    assert list(entered({"a": "2018-01-01"}, {"b": 5, "c": sold}, {"d": {"kind": "FAMILY"}})) == [
        Tie("EMPLOYER", "a", "2018-01-01"),
        Tie("SHARE", "b", None, 5),
        Tie("SHARE", "c", "2019-01-01", 300),
        Tie("FAMILY", "d"),
    ]


def test_a_declaration_excludes_in_the_calls_that_run():
    trial = factory.open_round()
    files = [trial.apply() for _ in range(2)]
    trial.close()
    trial.check_eligibility()
    trial.seat()
    trial.assign(1)
    judge = trial.evaluators[0]
    company = files[0].organisation
    row = declare(judge.user, business_number=company.business_number, kind="SHARE", share_bp=1)
    assert not Conflict.objects.exists()
    outbox.drain()
    bar = Conflict.objects.get()
    assert (bar.evaluator, bar.organisation, bar.reason) == (judge, company, "기준을 넘는 지분 보유")
    rows = Assignment.objects.filter(member__evaluator=judge).values_list("application", "status")
    assert dict(rows) == {files[0].pk: "BARRED", files[1].pk: "CLEARED"}
    services.correct_interest(
        interest=row, reason="번호를 잘못 적음", by=judge.user, now=REVIEW,
        kind="SHARE", name="다른", business_number=people.number(), since=BEFORE, until=None, share_bp=1,
    )  # fmt: skip
    outbox.drain()
    assert Conflict.objects.get() == bar, "a bar that was entered stays"
    assert queries.ties_of([judge])[judge.pk] == [
        Tie("SHARE", Interest.objects.get(corrects=row).business_number, None, 1)
    ]


def test_a_declared_employer_is_met_by_who_is_named_in_a_form(judge):
    declare(judge, kind="EMPLOYER", name="한강벤처스")
    entry = judge.evaluator_entries.get()
    assert queries.employers_of([entry]) == {entry.pk: [OURS, "한강벤처스"]}
    assert not Challenge.objects.exists()


def test_ending_and_correcting_leave_their_trace(judge):
    row = declare(judge)
    services.end_interest(interest=row, until=TODAY, by=judge, now=REVIEW)
    with pytest.raises(Overtaken):
        services.end_interest(interest=row, until=TODAY, by=judge, now=REVIEW)
    right = {"kind": "ADVISER", "name": "새싹", "business_number": OURS, "since": BEFORE, "until": TODAY}
    with pytest.raises(Invalid):
        services.correct_interest(interest=row, reason=" ", by=judge, now=REVIEW, **right)
    made = services.correct_interest(interest=row, reason="자문이었음", by=judge, now=REVIEW, **right)
    with pytest.raises(Overtaken):
        services.correct_interest(interest=row, reason="자문이었음", by=judge, now=REVIEW, **right)
    row.refresh_from_db()
    assert (row.kind, row.corrected_reason, made.corrects) == ("MENTOR", "자문이었음", row)
    assert [leaf["type"] for leaf in people.leaves(row)] == [
        "account.interest_declared/1", "account.interest_ended/1", "account.interest_corrected/1",
    ]  # fmt: skip
    for leaf in [*people.leaves(row), *people.leaves(made)]:
        assert set(leaf["data"]) == {"tie_c"}, "which company and tie stays sealed"
    [kept] = [holding for holding in all_holdings() if holding.code == "interests"]
    assert [told["kind"] for told in kept.rows(judge)] == ["MENTOR", "ADVISER"]


def test_only_who_is_in_a_pool_declares_and_only_their_own(judge):
    with pytest.raises(NotAllowed):
        declare(people.person())
    row = declare(judge)
    with pytest.raises(NotAllowed):
        services.end_interest(interest=row, until=TODAY, by=people.person(), now=REVIEW)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("business_number", {"business_number": "123"}),
        ("business_number", {}),
        ("since_date", {"since": TODAY + timedelta(days=2)}),
        ("until_date", {"until": BEFORE - timedelta(days=1)}),
        ("until_date", {"until": TODAY + timedelta(days=2)}),
        ("share", {"kind": "SHARE"}),
        ("share", {"share_bp": 5}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(judge, field, changes):
    declare(judge)
    with pytest.raises(Invalid) as refused:
        declare(judge, **changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "row",
    [
        {"business_number": "12"},
        {"kind": "FRIEND"},
        {"share_bp": 5},
        {"kind": "SHARE"},
        {"kind": "SHARE", "share_bp": 10_001},
        {"until_date": BEFORE - timedelta(days=1)},
        {"corrected_at": REVIEW},
    ],
)
def test_the_table_refuses_what_makes_no_sense(judge, row):
    sound = {"kind": "MENTOR", "name": "새싹", "business_number": people.number(), "since_date": BEFORE}
    with pytest.raises(IntegrityError), transaction.atomic():
        Interest.objects.create(user=judge, **(sound | row))


def test_the_table_keeps_what_was_said(judge):
    row = declare(judge)
    with pytest.raises(IntegrityError), transaction.atomic():
        Interest.objects.create(user=judge, kind="MENTOR", name="새싹", business_number=OURS, since_date=BEFORE)
    mine = Interest.objects.filter(pk=row.pk)
    for change in ({"name": "다른"}, {"business_number": people.number()}, {"kind": "FAMILY"}, {"since_date": TODAY}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            mine.update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        mine.delete()
    services.end_interest(interest=row, until=TODAY, by=judge, now=REVIEW)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        mine.update(until_date=None)


def enter_past_the_service(judge):
    with transaction.atomic(), connection.cursor() as cursor:
        Interest.objects.create(user=judge, kind="MENTOR", name="새싹", business_number=OURS, since_date=BEFORE)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_row_past_the_service_lacks_its_leaf(judge):
    with pytest.raises(DatabaseError, match="no ledger leaf"):
        enter_past_the_service(judge)


def test_the_pages_keep_what_was_typed_and_the_desk_reads(at):
    trial = factory.open_round()
    trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    member = trial.stages[0].panel.members.order_by("pk").first()
    judge = at(member.evaluator.user)
    address = reverse("intake:interests")
    typed = {"kind": "SHARE", "name": "큰회사", "business_number": OURS, "since_date": "2018-03-02", "share": "1.25"}
    for wrong in ({"business_number": "12"}, {"share": ""}, {"share": "0"}, {"since_date": "어제"}, {"kind": "?"}):
        refused = judge.post(address, typed | wrong)
        assert refused.status_code == 422
        assert "큰회사" in refused.content.decode()
    assert judge.post(address, typed).status_code == 302
    row = Interest.objects.get()
    assert row.share_bp == 125
    assert address in judge.get(reverse("intake:reviews")).content.decode()
    ending, correcting = (reverse(f"intake:{page}-interest", args=[row.pk]) for page in ("end", "correct"))
    assert judge.post(ending, {"until_date": "2017-01-01"}).status_code == 422
    assert judge.post(ending, {"until_date": "2018-12-31"}).status_code == 302
    assert judge.get(ending).status_code == 404
    assert "1.25" in judge.get(correcting).content.decode()
    assert judge.post(correcting, typed | {"until_date": "2018-12-31"}).status_code == 422
    assert judge.post(correcting, typed | {"name": "더큰회사", "reason": "이름이 바뀜"}).status_code == 302
    assert judge.get(correcting).status_code == 404
    shown = judge.get(address).content.decode()
    assert "큰회사" in shown
    assert "이름이 바뀜" in shown
    officer = at(trial.officer)
    desk = reverse("intake:member-interests", args=[trial.call.code, 1, member.pk])
    assert "더큰회사" in officer.get(desk).content.decode()
    assert officer.post(desk, typed).status_code == 405
    assert officer.get(address).status_code == 404
    assert at(people.person()).get(desk).status_code == 404
