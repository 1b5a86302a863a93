"""Lists cost the same number of queries however long they are, and their pages lose nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.intake import services
from tests.factories import crowd
from tests.factories import intake as factory
from tests.factories.intake import OPENS, REVIEW

pytestmark = pytest.mark.django_db


def queries_of(browser, url):
    assert browser.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        browser.get(url)
    return len(captured)


#: Statements of each page of the desk, for a call with ten files and for one with two hundred.
DESK = {
    "desk-calls": 15,
    "desk-call": 24,
    "entries": 10,
    "bench": 13,
    "desk-stage": 21,
    "ranking": 11,
    "final-ranking": 13,
    "members": 15,
    "reserve": 13,
    "decision": 15,
}


@pytest.fixture(params=[10, 200])
def judged(request):
    """A call with so many files, each with findings and a sheet, ranked, with a decision in draft."""
    trial = factory.open_round()
    return trial, crowd.judged(trial, request.param, now=REVIEW)


def test_desk_lists(at, judged):
    trial, decision = judged
    browser, code = at(trial.officer), trial.call.code
    args = {
        "desk-calls": [],
        "desk-stage": [code, 1],
        "ranking": [code, 1],
        "members": [code, 1],
        "decision": [decision.public_id],
    }
    found = {name: queries_of(browser, reverse(f"intake:{name}", args=args.get(name, [code]))) for name in DESK}
    assert found == DESK


def test_many_calls_cost_what_one_does(at):
    trial = factory.open_round()
    one = queries_of(at(trial.officer), reverse("intake:desk-calls"))
    more = [factory.open_round() for _ in range(3)]
    assert queries_of(at(trial.officer), reverse("intake:desk-calls")) == one
    assert {each.call.cluster for each in more} == {trial.call.cluster}


def test_pages_of_a_long_list_hold_every_row_once(at):
    trial = factory.open_round()
    decision = crowd.judged(trial, 120, now=REVIEW)
    browser, numbers = at(trial.officer), {f"{trial.call.prefix}-{number:05d}" for number in range(120)}
    addresses = [
        reverse("intake:entries", args=[trial.call.code]),
        reverse("intake:bench", args=[trial.call.code]),
        reverse("intake:ranking", args=[trial.call.code, 1]),
        reverse("intake:decision", args=[decision.public_id]),
    ]
    for address in addresses:
        pages = [browser.get(address, {"page": page}).content.decode() for page in (1, 2, 3)]
        seen = [re.findall(rf"{trial.call.prefix}-\d{{5}}", page) for page in pages]
        assert [len(set(page)) for page in seen] == [50, 50, 20], address
        assert set().union(*seen) == numbers, address


def test_final_ranking_tells_places_bonus_and_outcome_of_each_run(at):
    trial = factory.open_round()
    address = reverse("intake:final-ranking", args=[trial.call.code])
    assert "아직 최종 결과를 세지 않았습니다" in at(trial.officer).get(address).text
    files = [trial.apply() for _ in range(5)]
    trial.play_to_final({str(one): 25 - 2 * i for i, one in enumerate(files)})
    browser = at(trial.officer)
    page = browser.get(address)
    outcomes = {row[1]: row[-1] for row in page.context["table"].rows}
    assert [column.label for column in page.context["table"].columns][2:4] == ["Document (30 %)", "Presentation (70 %)"]
    assert page.context["table"].rows[1][2:7] == ("92.00", "92.00", "92.00", "0.00", "92.00")
    assert [outcomes[str(one)] for one in files] == ["선정", "선정", "선정(국외기업 자리)", "예비 1번", "예비 2번"]
    assert page.context["places"].rows[0][1:4] == (2, 2, 2)
    last = page.context["run"].number
    services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW)
    older = browser.get(address, {"run": last})
    assert (older.context["newest"], "이 뒤에 다시 센 집계가 있습니다" in older.text) == (False, True)
    assert browser.get(address, {"run": "999"}).status_code == 404
    assert browser.get(address, {"run": "x"}).context["newest"]
    assert (
        f"{address}?run=" in browser.get(reverse("intake:decision", args=[trial.call.decisions.last().public_id])).text
    )


def test_ranking_of_a_stage_that_was_not_settled_says_so(at):
    trial = factory.open_round()
    answer = at(trial.officer).get(reverse("intake:ranking", args=[trial.call.code, 1]))
    assert (answer.status_code, "아직 집계하지 않은 평가단계입니다" in answer.content.decode()) == (200, True)


def test_only_unfinished_files_on_request(at):
    trial = factory.open_round()
    done, left = trial.apply(), trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat(size=2)
    stage = trial.assign(1)
    for sheet in factory.open_sheets(stage):
        if sheet.assignment.application == done:
            judge, codes = sheet.assignment.member.evaluator.user, [row.code for row in stage.criteria.all()]
            services.fill_sheet(sheet=sheet, scores=dict.fromkeys(codes, 20), by=judge, now=REVIEW)
            services.lock_sheet(sheet=sheet, by=judge, now=REVIEW)

    page = reverse("intake:desk-stage", args=[trial.call.code, 1])
    every, some = (at(trial.officer).get(page, show).content.decode() for show in ({}, {"show": "unfinished"}))

    assert done.receipt_number in every
    assert left.receipt_number in every
    assert done.receipt_number not in some
    assert left.receipt_number in some


def test_public_list(at):
    factory.open_round()
    one = queries_of(at(None), reverse("intake:calls"))
    factory.open_round()
    factory.open_round()
    assert queries_of(at(None), reverse("intake:calls")) == one


def test_evaluators_files(at):
    counts = []
    for size in (1, 3):
        trial = factory.open_round()
        for _ in range(size):
            trial.apply()
        trial.close()
        trial.check_eligibility()
        trial.seat()
        trial.assign(1)
        counts.append(queries_of(at(trial.evaluators[0].user), reverse("intake:review-call", args=[trial.call.code])))
    assert counts[0] == counts[1]


def test_submitting_costs_a_known_number_of_queries():
    trial = factory.open_round()
    trial.apply()
    application = trial.draft()
    with CaptureQueriesContext(connection) as captured:
        services.submit(application=application, key="k", by=trial.masters[1], now=OPENS + timedelta(days=1))
    assert len(captured) <= 22


def test_locking_costs_a_known_number_of_queries():
    trial = factory.open_round()
    trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    first, second = factory.open_sheets(stage)
    codes = [criterion.code for criterion in stage.criteria.all()]
    for sheet in (first, second):
        services.fill_sheet(
            sheet=sheet, scores=dict.fromkeys(codes, 20), by=sheet.assignment.member.evaluator.user, now=REVIEW
        )
    services.lock_sheet(sheet=first, by=first.assignment.member.evaluator.user, now=REVIEW)
    with CaptureQueriesContext(connection) as captured:
        services.lock_sheet(sheet=second, by=second.assignment.member.evaluator.user, now=REVIEW)
    assert len(captured) <= 12


def test_receipts_are_listed_as_they_were_given_beyond_9999(at):
    trial = factory.open_round()
    crowd.judged(trial, 3, now=REVIEW)
    with crowd.without_triggers():
        for number, row in zip((9_999, 10_000, 9), trial.call.applications.order_by("pk"), strict=True):
            type(row).objects.filter(pk=row.pk).update(receipt_number=f"{trial.call.prefix}-{number:04d}")
    page = at(trial.officer).get(reverse("intake:entries", args=[trial.call.code])).content.decode()
    order = re.findall(rf">{trial.call.prefix}-(\d+)<", page)
    assert order == ["0009", "9999", "10000"]


def test_the_ranking_names_what_broke_a_tie_and_a_what_if_is_never_kept(at):
    trial = factory.open_round()
    files = [trial.apply() for _ in range(4)]
    trial.close()
    trial.check_eligibility()
    trial.seat(size=2)
    stage = trial.assign(1)
    trial.score(stage, {str(one): points for one, points in zip(files, (25, 20, 20, 10), strict=True)})
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    browser, address = at(trial.officer), reverse("intake:ranking", args=[trial.call.code, 1])

    page = browser.get(address).text
    assert (page.count("추첨으로 가림"), "경계 점수" in page) == (2, True)

    what_if = reverse("intake:what-if", args=[trial.call.code, 1])
    before = list(stage.runs.values())
    strict = browser.get(what_if, {"pass_mark": "90", "combine": "median"})
    assert [row[4] for row in strict.context["table"].rows] == ["통과", "미달", "미달", "미달"]
    assert browser.get(what_if, {"go_on": "-1"}).status_code == 422
    assert [row[5] for row in browser.get(what_if, {"go_on": "1"}).context["table"].rows].count("진출하지 못함") == 2
    assert list(stage.runs.values()) == before
