"""The front door: what is open now on top, the one that closes first before the others; then what became of the rest."""

import itertools
from datetime import timedelta

import pytest
from django.utils import translation

from portal.core.ui import parts
from portal.intake.enums import CallStatus
from portal.intake.models import Call, CallVersion, Track
from portal.pages import front
from tests.factories import intake
from tests.factories.intake import CLOSES, OPENS

OPEN = OPENS + timedelta(days=1)
_ids = itertools.count(1)


@pytest.fixture
def call(db):
    """``call(code, opens, closes, status)``: a call as the queries hand it over; not saved, so no ledger line is owed."""
    from tests.factories import people

    def make(code, opens=OPENS, closes=CLOSES, status=CallStatus.PUBLISHED, quotas=(30, 10)):
        row = Call(
            id=next(_ids),
            code=code,
            programme="trial",
            cluster=people.cluster(),
            status=status,
            opens_at=opens,
            closes_at=closes,
        )
        row.current = CallVersion(
            title={"ko": f"{code} 모집", "en": f"Call {code}"}, summary={"ko": "요약", "en": "Summary"}
        )
        tracks = [Track(call=row, code=str(i), quota=quota) for i, quota in enumerate(quotas)]
        row._prefetched_objects_cache = {"tracks": FakeRows(tracks)}
        return row

    return make


class FakeRows(list):
    def all(self):
        return self


def titles(openings):
    return [opening.title for opening in openings]


def test_what_closes_first_stands_on_top_and_what_is_to_come_below(call):
    later = call("later", closes=CLOSES + timedelta(days=1))
    soon = call("soon")
    coming = call("coming", opens=OPEN + timedelta(days=3))
    found = front.openings([coming, later, soon], OPEN)
    assert titles(found) == ["soon 모집", "later 모집", "coming 모집"]
    assert [opening.upcoming for opening in found] == [False, False, True]


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (OPENS - timedelta(microseconds=1), [True]),
        (OPENS, [False]),
        (CLOSES - timedelta(microseconds=1), [False]),
        (CLOSES, []),
    ],
)
def test_open_follows_the_clock_to_the_instant(call, now, shown):
    assert [opening.upcoming for opening in front.openings([call("one")], now)] == shown


def test_places_are_those_of_all_tracks(call):
    assert front.openings([call("one")], OPEN)[0].places == "40곳"
    with translation.override("en"):
        assert front.openings([call("one")], OPEN)[0].places == "40 places"
        assert front.openings([call("one", quotas=[1])], OPEN)[0].places == "1 place"


def test_a_decided_call_looks_like_one_in_review_until_it_is_announced(call):
    """No count, cache or word tells earlier (04 §11)."""
    states = [CallStatus.REVIEWING, CallStatus.DECIDED]
    cards = [front.recent([call("one", status=state)], CLOSES)[0] for state in states]
    assert cards[0] == cards[1]
    assert cards[0].status == "심사 중"


def test_the_latest_three_finished_calls_are_shown(call):
    calls = [call(str(day), closes=CLOSES + timedelta(days=day), status=CallStatus.ANNOUNCED) for day in range(5)]
    found = front.recent(calls, CLOSES + timedelta(days=9))
    assert [card.title for card in found] == ["4 모집", "3 모집", "2 모집"]
    assert isinstance(found[0], parts.Card)


def test_a_published_call_past_its_deadline_is_closed_not_open(call):
    one = call("one")
    assert front.openings([one], CLOSES) == []
    assert front.recent([one], CLOSES)[0].status == "접수 마감"


@pytest.mark.parametrize(
    ("language", "words"),
    [("ko", "지금 접수 중인 모집이 없습니다"), ("en", "No call is open now")],
)
def test_with_nothing_open_it_says_so_and_what_to_do(client, pages, language, words):
    response = client.get(f"/{language}/")
    assert response.status_code == 200
    assert words in response.content.decode()


def test_a_real_call_leads_to_its_page(client, pages):
    round_ = intake.open_round()
    html = client.get("/ko/").content.decode()
    assert f'href="/ko/calls/{round_.call.code}/"' in html
    assert round_.call.current.title_text in html


def test_a_visitor_has_no_applications(rf):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/ko/")
    request.user = AnonymousUser()
    assert front.mine(request) == []
