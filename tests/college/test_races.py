"""Two at the same second, on real connections with real commits: no seat too many, nobody twice, one winner."""

from collections import Counter
from datetime import timedelta

import pytest

from college import queries, services
from college.models import Credential, Enrolment, SeatRequest
from tests.factories.college import ENDED, NOW, college
from tests.tenancy.test_races import at_once

pytestmark = pytest.mark.usefixtures("committed_db")
SECOND = timedelta(seconds=1)


def counted(outcomes):
    return Counter(kind for kind, _ in outcomes)


def asking(place, user, at):
    run, person = place.fresh(), services.person_for(user=user)
    return lambda: services.request_seat(run=run, person=person, by=user, now=at).status


def test_the_last_seats_with_two_tabs_each():
    place = college(capacity=5)
    people = [place.student(f"학생 {n}") for n in range(20)]
    acts = [asking(place, user, NOW + n * SECOND) for n, user in enumerate(people) for _tab in range(2)]
    assert counted(at_once(*acts)) == {"done": 40}
    assert place.counters() == (5, 15)
    assert Enrolment.objects.filter(holds_seat=True).count() == 5
    assert SeatRequest.objects.count() == 20
    line = list(queries.in_order(place.run).values_list("requested_at", flat=True))
    assert line == sorted(line)


def test_an_acceptance_against_the_clock():
    for _attempt in range(3):
        place = college(capacity=1)
        holder, request = place.ask(), place.ask()
        services.drop(enrolment=holder.enrolment, by=place.students[0], now=NOW)
        due = SeatRequest.objects.get(pk=request.pk).offer_expires_at
        mine, clocks = (
            SeatRequest.objects.select_related("run__course__cluster", "person", "canonical").get(pk=request.pk)
            for _ in range(2)
        )
        by = place.students[1]
        outcomes = at_once(
            lambda mine=mine, by=by, due=due: services.accept_offer(request=mine, by=by, now=due - SECOND),
            lambda clocks=clocks, due=due: services.lapse_offer(request=clocks, now=due),
        )
        assert counted(outcomes) == {"done": 1, "refused": 1}
        request.refresh_from_db()
        assert place.counters() == ((1, 0) if request.status == "SEATED" else (0, 0))


def test_a_drop_a_lapse_and_more_seats_in_one_second_with_the_job_twice():
    place = college(capacity=2)
    first, second = place.ask(), place.ask()
    waiting = [place.ask(now=NOW + n * SECOND) for n in range(1, 6)]
    services.drop(enrolment=first.enrolment, by=place.students[0], now=NOW)
    due = SeatRequest.objects.get(status="OFFERED").offer_expires_at
    run, officer, seat, user = place.fresh(), place.officer, second.enrolment, place.students[1]
    outcomes = at_once(
        lambda: services.drop(enrolment=seat, by=user, now=due),
        lambda: services.change_capacity(run=run, capacity=3, by=officer, now=due),
        lambda: services.lapse_due_offers(now=due),
        lambda: services.lapse_due_offers(now=due),
    )
    assert counted(outcomes) == {"done": 4}
    statuses = Counter(
        SeatRequest.objects.filter(pk__in=[each.pk for each in waiting]).values_list("status", flat=True)
    )
    assert statuses == {"LAPSED": 1, "OFFERED": 3, "WAITING": 1}
    assert place.counters() == (3, 1)


def test_a_certificate_shared_from_two_tabs_has_one_link(settings, tmp_path):
    settings.COLLEGE_KEY_DIR = tmp_path
    place = college(capacity=1)
    user = place.student()
    (made,) = place.graduate(user)

    def sharing():
        mine = Credential.objects.select_related("person").get(pk=made.pk)
        return lambda: services.share(credential=mine, by=user, now=ENDED).pk

    outcomes = at_once(*(sharing() for _tab in range(4)))
    assert counted(outcomes) == {"done": 4}
    assert len({link for _kind, link in outcomes}) == 1
