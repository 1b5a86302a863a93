"""Distinct experts over real rows: merges, a wrong merge split again, revocation, frozen months, the plan's metric."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from college import queries, services
from college.models import ExpertMonth
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.plan.registry import fact, metric
from tests.factories.college import ENDED, college
from tests.factories.people import cluster, company, leaves, person, with_role

pytestmark = pytest.mark.django_db
JUNE, JULY, AUGUST = (datetime(2020, month, 10, tzinfo=UTC) for month in (6, 7, 8))


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.COLLEGE_KEY_DIR = tmp_path


@pytest.fixture
def place():
    """Two people completed the expert course on 4 May 2020, both with a confirmed identity, one more without."""
    made = college(capacity=5)
    users = [made.student(name) for name in ("김하늘", "이바다", "박마루")]
    made.certificates = made.graduate(*users)
    made.persons = [services.person_for(user=user) for user in users]
    for number in (0, 1):
        services.confirm_identity(person=made.persons[number], kind="CI", value=f"ci-{number}", now=ENDED)
    made.second = with_role("college.approver", cluster=cluster())
    return made


def total(at):
    return queries.experts_at(cluster(), at).total


def freeze(place, month, **signed):
    now = datetime(2020, month + 1, 2, tzinfo=UTC)
    return services.freeze_month(cluster=cluster(), month=date(2020, month, 1), by=place.approver, now=now, **signed)


def merged(place):
    one, other, _ = place.persons
    merge = services.propose_merge(person=other, into=one, evidence="같은 사람", by=place.officer, now=JUNE)
    services.confirm_merge(merge=merge, by=place.approver, now=JUNE)
    return merge


def test_people_are_counted_once_and_only_with_an_identity(place):
    counted = queries.experts_at(cluster(), JUNE)
    assert (counted.total, counted.unverified, counted.gross) == (2, 1, 3)
    assert metric("college.experts").compute(cluster(), JUNE.date(), []) == 2
    assert metric("college.experts").compute(cluster(), JUNE.date(), ["gaepo"]) == 0
    assert metric("college.experts_unverified").compute(cluster(), JUNE.date(), []) == 1
    assert metric("college.completions").compute(cluster(), JUNE.date(), []) == 3
    assert metric("college.applicants").compute(cluster(), JUNE.date(), []) == 3
    assert metric("college.seats").compute(cluster(), JUNE.date(), []) == 5


def test_a_merge_takes_one_off_and_its_split_gives_it_back_in_signed_corrections(place):
    assert freeze(place, 5).total == 2
    merge = merged(place)
    with pytest.raises(Invalid):
        freeze(place, 6)
    june = freeze(place, 6, signed_by=place.second)
    assert (june.total, june.new, june.correction, june.causes) == (1, 0, -1, ["merge"])
    services.split_merge(merge=merge, by=place.officer, now=JULY, reason="다른 사람")
    july = freeze(place, 7, signed_by=place.second)
    assert (july.total, july.new, july.correction, july.causes) == (2, 0, 1, ["split"])
    assert [leaf["type"] for leaf in leaves(july)] == ["college.target.frozen/1", "college.target.corrected/1"]
    assert total(datetime(2020, 6, 30, tzinfo=UTC)) == 1, "the past replays as it was known"


def test_a_merge_needs_two_people_and_evidence(place):
    one, other, _ = place.persons
    both = with_role("college.approver", user=place.officer, cluster=cluster())
    with pytest.raises(Invalid):
        services.propose_merge(person=other, into=one, evidence=" ", by=both, now=JUNE)
    merge = services.propose_merge(person=other, into=one, evidence="근거", by=both, now=JUNE)
    with pytest.raises(NotAllowed):
        services.confirm_merge(merge=merge, by=both, now=JUNE)
    services.refuse_merge(merge=merge, by=place.approver, now=JUNE)
    assert total(JULY) == 2
    with pytest.raises(Invalid):
        services.propose_merge(person=one, into=one, evidence="근거", by=both, now=JUNE)


def test_a_revoked_certificate_is_a_correction_and_an_identity_confirmed_later_another(place):
    freeze(place, 5)
    services.revoke(credential=place.certificates[0], by=place.approver, now=JUNE, reason="대리 출석")
    services.confirm_identity(person=place.persons[2], kind="CI", value="ci-2", now=JUNE)
    line = freeze(place, 6, signed_by=place.second)
    assert (line.total, line.correction, line.causes) == (2, 0, [])
    services.revoke(credential=place.certificates[1], by=place.approver, now=JULY, reason="대리 출석")
    assert freeze(place, 7, signed_by=place.second).correction == -1


def test_months_are_frozen_in_order_once_and_after_their_end(place):
    with pytest.raises(Invalid):
        services.freeze_month(cluster=cluster(), month=date(2020, 5, 1), by=place.approver, now=ENDED)
    freeze(place, 5)
    with pytest.raises(Overtaken):
        freeze(place, 5)
    with pytest.raises(Invalid):
        freeze(place, 7)
    with pytest.raises(NotAllowed):
        services.freeze_month(cluster=cluster(), month=date(2020, 6, 1), by=place.officer, now=JULY)
    with pytest.raises(DatabaseError, match="UPDATE of college_expertmonth is forbidden"), transaction.atomic():
        ExpertMonth.objects.update(total=760)


def test_a_company_knows_its_graduates(place):
    organisation = company(place.students[0], person())
    assert fact("college.graduates_of", organisation=organisation, on=AUGUST.date()) == 1
    assert fact("college.graduates_of", organisation=None, on=AUGUST.date()) is None
