"""Another term by the hub's panel, step by step in the browser: the call, the application, its evaluation, its result.

The desk's pages are looked at in the journeys through a call of another programme; here they are only used.
"""

from __future__ import annotations

from tests.journeys import story
from tests.journeys.browser import Visitor
from tests.journeys.desk import decide_and_publish, do, find_all_fit, form_panel, newest_decision

#: What the company writes, page by page; the days of use are filled in already.
FIGURES = {"sales": "120000000", "jobs": "4", "investment": "0"}
PLAN = {"results": "고객이 늘었습니다.", "next": "더 키웁니다."}


def publish(approver: Visitor, code: str) -> None:
    """The call that the officer drafted is put before the public."""
    do(approver, f"/{{lang}}/desk/calls/{code}/steps/publish/")


def apply_for_it(tenant: Visitor, code: str):
    """Page after page from the page of the review, with what is missing told at the end; the application."""
    from portal.intake.models import Application

    application = Application.objects.get(call__code=code)
    mine = f"/{{lang}}/my/applications/{application.public_id}/"
    tenant.go(mine + "pages/figures/")
    assert tenant.page.input_value("[name=days]"), "the days of use are known"
    fill_in(tenant, FIGURES)
    fill_in(tenant, PLAN)
    if "/check/" not in tenant.page.url:
        tenant.go(mine + "check/")
    tenant.submit()
    assert tenant.page.locator("[data-errors] a").count() == 1, "the declaration is missing"
    tenant.go(mine + "pages/plan/")
    tenant.page.check("[name=true_figures]")
    tenant.submit()
    tenant.go(mine + "check/")
    tenant.check()
    tenant.submit()
    assert "/receipts/1/" in tenant.page.url
    tenant.check()
    application.refresh_from_db()
    return application


def fill_in(tenant: Visitor, answers: dict[str, str]) -> None:
    for name, text in answers.items():
        tenant.page.fill(f"main form [name={name}]:not([type=hidden])", text)
    tenant.check()
    tenant.submit()


def open_the_entries(officer: Visitor, approver: Visitor, application) -> None:
    """Closing time comes, the entries are counted, and whoever may take part is told."""
    call, desk = application.call, f"/{{lang}}/desk/calls/{application.call.code}"
    story.close(call)
    do(officer, desk + "/steps/draw/", seen=True, public_value="KOSPI-2026-2")
    find_all_fit(officer, call.code, seen=True)
    do(officer, desk + "/steps/eligibility/", seen=True)
    decide_and_publish(approver, newest_decision(officer, call.code))


def judge(officer: Visitor, evaluator: Visitor, application) -> None:
    """The panel is seated; one sheet is scored in the browser, those of the other members by service."""
    call, stage = application.call, f"/{{lang}}/desk/calls/{application.call.code}/stages/1"
    form_panel(officer, call.code, 1, seen=True)
    evaluator.go(f"/{{lang}}/review/calls/{call.code}/pledge/")
    evaluator.page.check("[name=fair]")
    evaluator.submit()
    story.pledge_the_rest(call, but="evaluator1")
    for step in ("open", "propose", "confirm"):
        do(officer, f"{stage}/steps/{step}/", seen=True)
    evaluator.go(f"/{{lang}}/review/calls/{call.code}/")
    evaluator.follow(evaluator.page.locator("main a[href*='/review/sheets/']").first)
    for field in evaluator.page.locator("aside input[type=number]").all():
        field.fill("25")
    evaluator.check()
    for name in ("lock", ""):
        evaluator.submit(name=name)
    evaluator.check()
    story.score_the_rest(call, {application.receipt_number: 25})
    do(officer, stage + "/steps/settle/", seen=True)


def announce(officer: Visitor, approver: Visitor, code: str) -> None:
    """The final result, prepared by the officer, decided and published by the approver."""
    do(officer, f"/{{lang}}/desk/calls/{code}/steps/final/", seen=True)
    decide_and_publish(approver, newest_decision(officer, code))
