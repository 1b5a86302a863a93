"""Calls through the API: what the public may read, page by page, in both languages, with errors that programs can read."""

import json
from datetime import datetime

import pytest
from django.core.cache import cache
from django.test import Client

from portal.intake import services
from tests.factories.intake import CLOSES, OPENS, definition, open_round

pytestmark = pytest.mark.django_db
LIST = "/api/v1/calls/"


@pytest.fixture(autouse=True)
def unthrottled():
    cache.clear()


def get(address, **headers):
    answer = Client().get(address, headers=headers)
    return answer.status_code, json.loads(answer.content) if answer.content else None


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        at = OPENS

    monkeypatch.setattr("portal.core.api.reading.database_now", lambda: Clock.at)
    return Clock


def test_a_call_tells_both_languages_its_tracks_and_where_people_read_it(clock):
    call = open_round().call
    status, told = get(f"{LIST}{call.code}/")
    assert status == 200
    assert told["title"] == call.current.title
    assert datetime.fromisoformat(told["opens_at"]) == call.opens_at
    assert [track["quota"] for track in told["tracks"]] == [track.quota for track in call.tracks.all()]
    assert [stage["code"] for stage in told["stages"]] == [stage.code for stage in call.stages.all()]
    assert told["page"].endswith(f"/ko/calls/{call.code}/")
    assert sum(item["weight_bp"] for item in told["stages"][0]["criteria"]) == 10_000


def test_the_state_follows_from_the_databases_clock(clock):
    call = open_round().call
    states = []
    for clock.at in (call.opens_at - (CLOSES - OPENS), call.opens_at, call.closes_at):
        states.append(get(f"{LIST}{call.code}/")[1]["state"])
    assert states == ["upcoming", "open", "closed"]


def test_a_draft_and_a_cancelled_call_are_nobodys(clock):
    made = open_round()
    draft = services.create_call(
        cluster=made.call.cluster, programme="trial", data=definition(), by=made.officer, now=OPENS
    )
    assert get(f"{LIST}{draft.code}/")[0] == 404
    assert [one["code"] for one in get(LIST)[1]["items"]] == [made.call.code]
    services.cancel_call(call=made.call, reason="예산이 줄었습니다.", by=made.approver, now=OPENS)
    assert get(f"{LIST}{made.call.code}/")[0] == 404
    assert get(LIST)[1]["items"] == []


def test_pages_meet_every_call_once(clock):
    codes = {open_round().call.code for _ in range(5)}
    met, address = [], f"{LIST}?limit=2"
    while address:
        _, page = get(address)
        assert len(page["items"]) <= 2
        met += [one["code"] for one in page["items"]]
        address = page["next"]
    assert sorted(met) == sorted(codes)


def test_a_list_asks_no_more_for_more_calls(clock, django_assert_num_queries):
    open_round()
    for _ in range(2):
        with django_assert_num_queries(2):
            get(LIST)
        open_round(), open_round()


def test_who_has_it_already_is_told_so(clock):
    code = open_round().call.code
    first = Client().get(f"{LIST}{code}/")
    again = Client().get(f"{LIST}{code}/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    clock.at = CLOSES
    assert Client().get(f"{LIST}{code}/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_nothing_there_is_a_problem_in_the_askers_language(clock):
    for address in (f"{LIST}no-such-call/", "/api/v1/nowhere/", "/api/"):
        answer = Client().get(address, headers={"Accept-Language": "en"})
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        told = json.loads(answer.content)
        assert (told["title"], told["status"], told["instance"]) == ("No such thing", 404, address)
        assert get(address, **{"Accept-Language": "ko"})[1]["title"] == "없는 자료입니다"


def test_writing_a_cursor_of_nonsense_and_another_format_are_refused_politely(clock):
    assert Client().post(LIST).status_code == 405
    assert get(f"{LIST}?cursor=%00nonsense")[0] in (400, 404)
    assert get(LIST, Accept="text/csv")[0] == 406
    assert get(f"{LIST}?limit=-1")[0] == 200


def test_who_asks_too_often_waits(clock, monkeypatch):
    from rest_framework.throttling import AnonRateThrottle

    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": "3/min"})
    answers = [Client().get(LIST) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert json.loads(answers[-1].content)["code"] == "throttled"
