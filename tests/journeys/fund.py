"""What the people of the fund do in browsers, as more than one journey needs it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tests.journeys.browser import Visitor


def place(visitor: Visitor) -> str:
    """The page that is open, as an address for a visitor of any language."""
    return "/{lang}" + urlsplit(visitor.page.url).path.removeprefix(f"/{visitor.language}")


def led(visitor: Visitor, *ways: str) -> None:
    """Follow, one page after another, the first link of the main part whose address holds each text; every page is checked."""
    for way in ways:
        visitor.follow(visitor.page.locator(f"main a[href*='{way}']").first)
        visitor.check()


def fill(visitor: Visitor, **answers: str) -> None:
    """What is typed or chosen in the form of the page, by name."""
    for name, answer in answers.items():
        field = visitor.page.locator(f"main [name={name}]").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(answer)
        else:
            field.fill(answer)


def rows(visitor: Visitor, number: int = 0) -> list[list[str]]:
    """The cells of a table of the main part, by rows."""
    table = visitor.page.locator("main table").nth(number)
    return table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )


def adds_up(parts: list[list[str]], total: int) -> None:
    """Some column of amounts comes to the total."""
    columns = [[int(re.sub(r"\D", "", cell) or 0) for cell in column] for column in zip(*parts, strict=True)]
    assert total in [sum(column) for column in columns], parts


def told(visitor: Visitor, way: str) -> None:
    """Open the newest notice of the inbox; it leads to such a page."""
    visitor.go("/{lang}/notices/")
    visitor.follow(visitor.page.locator("main ul.tasks form button").first)
    assert way in place(visitor), (way, place(visitor))
    visitor.check()


def deliberated(visit, motion: str, *, steps_out: str, left: dict[str, str]) -> None:
    """A motion from the statements to the decision: one member steps out, the others vote as ``left`` says.

    ``motion`` is an address with ``{lang}``; members are named by the demonstration's keys.
    """
    one = visit(width=360, language="en")
    one.enter_as(steps_out)
    one.go("/{lang}/fund/committee/")
    one.check()
    led(one, motion.removeprefix("/{lang}"))
    one.sees("State your conflicts of interest first")
    one.page.locator("main details summary").first.click()
    fill(one, reason="A relative works for the company")
    one.submit(within="form[action$='/recuse/']")
    one.check()
    assert one.page.locator("#paper").count() == 0
    assert one.page.locator("[name=vote]").count() == 0
    members = {}
    for key in left:
        members[key] = visit(width=1280)
        members[key].enter_as(key)
        members[key].go(motion)
        assert members[key].page.locator("#paper").count() == 0
        members[key].submit(within="form[action$='/clear/']")
        assert members[key].page.locator("#paper").count() == 1
    approver = visit(width=1280)
    approver.enter_as("fund-approver")
    approver.go(motion)
    approver.check()
    approver.submit(within="form[action$='/open/']")
    for key, vote in left.items():
        members[key].go(motion)
        members[key].check()
        members[key].page.check(f"[name=vote][value={vote}]")
        members[key].submit(within="form[action$='/vote/']")
    approver.go(motion)
    approver.submit(within="form[action$='/decide/']")
    approver.check()
    one.go(motion)
    one.check()
    assert one.page.locator("#paper").count() == 0
