"""What officer and approver do at the desk of a call, in the browser, as every journey through a call needs it."""

from __future__ import annotations

from tests.journeys.browser import Visitor


def do(visitor: Visitor, path: str, *, seen: bool = False, **filled: str) -> None:
    """A step of the desk: its confirmation page, what it asks for, then the button. ``seen``: another journey checks it."""
    visitor.go(path)
    if not seen:
        visitor.check()
    for name, text in filled.items():
        visitor.page.fill(f"[name={name}]", text)
    visitor.submit()
    assert not visitor.page.locator("[data-errors]").count(), visitor.page.locator("main").inner_text()


def decide_and_publish(approver: Visitor, link: str) -> None:
    """결정, then 발표."""
    approver.go(link)
    approver.check()
    approver.submit()
    approver.submit(name="publish")


def newest_decision(officer: Visitor, code: str) -> str:
    """The decision prepared last, as an address for any visitor."""
    officer.go("/{lang}/desk/calls/" + f"{code}/")
    links = officer.page.locator("a[href*='/desk/decisions/']")
    return "/{lang}" + links.nth(links.count() - 1).get_attribute("href").removeprefix(f"/{officer.language}")


def form_panel(officer: Visitor, code: str, number: int, *, seen: bool = False) -> None:
    """Everybody in the pool is named to the panel of a stage."""
    officer.go("/{lang}/desk/calls/" + f"{code}/stages/{number}/")
    if not seen:
        officer.check()
    page = officer.page
    for box in page.locator("input[name=evaluators]").all():
        box.check()
    page.locator("select[name=chair]").select_option(index=1)
    officer.submit()


def find_all_fit(officer: Visitor, code: str, *, seen: bool = False) -> None:
    """The rules run; what they leave to a person is found fit, one finding at a time, until nothing waits."""
    bench = "/{lang}/desk/calls/" + f"{code}/eligibility/"
    officer.go(bench)
    if not seen:
        officer.check()
    officer.submit()
    looked, waits = seen, officer.word("확인 필요", "To be checked")
    while (waiting := officer.page.locator(f"main td a:has-text('{waits}')")).count():
        officer.go_to(waiting.first.get_attribute("href"))
        if not looked:
            officer.check()
            looked = True
        officer.page.check("[name=outcome][value=PASS]")
        officer.page.fill("[name=evidence]", "증명서")
        officer.submit()
