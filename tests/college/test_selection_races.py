"""Seats of a selection run given up by two at the same second, on real connections: each calls the next reserve once."""

from datetime import timedelta

import pytest

from college import services
from college.models import SeatRequest
from portal.intake import services as intake
from portal.intake.models import Application
from tests.college.test_races import counted
from tests.factories.selection import ANSWERED, selecting
from tests.tenancy.test_races import at_once

pytestmark = pytest.mark.usefixtures("committed_db")
POINTS = {"가람": 25, "나래": 24, "다솜": 23, "라온": 22}
SECOND = timedelta(seconds=1)


def tally(place):
    """How many hold a place in intake, hold a seat here, and are offered one."""
    states = list(place.states().values())
    offered = SeatRequest.objects.filter(run=place.run, status="OFFERED").count()
    return states.count("SELECTED") + states.count("FULFILLED"), place.seats(), offered


def test_a_decline_in_two_tabs_against_the_clock_and_a_withdrawal_calls_one_reserve():
    for _attempt in range(3):
        place = selecting()
        place.publish(POINTS)
        user = place.students["가람"]
        one, two, clocks = (place.request("가람") for _ in range(3))
        due, application = one.offer_expires_at, place.application("가람")
        outcomes = at_once(
            lambda one=one, user=user, due=due: services.decline_offer(request=one, by=user, now=due - SECOND),
            lambda two=two, user=user, due=due: services.decline_offer(request=two, by=user, now=due - SECOND),
            lambda clocks=clocks, due=due: services.lapse_offer(request=clocks, now=due),
            lambda it=application, user=user, due=due: intake.withdraw(
                application=it, reason="", by=user, now=due - SECOND
            ),
        )
        assert counted(outcomes) == {"done": 1, "refused": 3}
        assert tally(place) == (2, 2, 2)
        assert (place.states()["다솜"], place.states()["라온"]) == ("SELECTED", "RESERVED")


def test_an_acceptance_against_a_decline_has_one_winner():
    for _attempt in range(3):
        place = selecting()
        place.publish(POINTS)
        user = place.students["가람"]
        mine, other = place.request("가람"), place.request("가람")
        outcomes = at_once(
            lambda mine=mine, user=user: services.accept_offer(request=mine, by=user, now=ANSWERED),
            lambda other=other, user=user: services.decline_offer(request=other, by=user, now=ANSWERED),
        )
        assert counted(outcomes) == {"done": 1, "refused": 1}
        assert tally(place)[:2] == (2, 2)
        assert (place.states()["가람"], place.states()["다솜"]) in {
            ("FULFILLED", "RESERVED"),
            ("DECLINED", "SELECTED"),
        }


def test_two_who_give_up_at_once_call_both_reserves_while_the_office_calls_one_by_hand():
    for _attempt in range(3):
        place = selecting()
        place.publish(POINTS)
        track, officer = place.call.tracks.get(), place.officer
        given_up = [(place.request(name), place.students[name]) for name in ("가람", "나래")]
        acts = [
            lambda request=request, user=user: services.decline_offer(request=request, by=user, now=ANSWERED)
            for request, user in given_up
        ]
        outcomes = at_once(*acts, lambda track=track, by=officer: intake.call_reserve(track=track, by=by, now=ANSWERED))
        assert counted(outcomes)["done"] >= 2
        assert not counted(outcomes).keys() - {"done", "refused"}
        assert tally(place) == (2, 2, 2)
        assert Application.objects.filter(call=place.call, status="SELECTED").count() == 2
