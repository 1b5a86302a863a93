"""A visitor: a browser page with the manners and the checks that every journey shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, Response

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Statuses that a journey meets on purpose; the browser reports them on the console as errors.
EXPECTED = "Failed to load resource: the server responded with a status of 4"


def watch(page: Page, home: str) -> list[str]:
    """Collect what must not happen: console errors, CSP violations, foreign requests, 5xx answers."""
    complaints: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
            complaints.append(f"console {message.type}: {message.text} at {page.url}")

    def request(sent: Request) -> None:
        if not sent.url.startswith((home, "data:", "blob:", "about:")):
            complaints.append(f"foreign request: {sent.url}")

    def response(answer: Response) -> None:
        if answer.status >= 500:
            complaints.append(f"{answer.status} from {answer.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on("request", request)
    page.on("response", response)
    return complaints


@dataclass
class Visitor:
    """One person in one browser."""

    page: Page
    language: str
    complaints: list[str]
    answers: dict[str, int] = field(default_factory=dict)

    def go(self, path: str) -> int:
        """Open an address of the portal (``{lang}`` is the visitor's language); returns the status."""
        answer = self.page.goto(path.format(lang=self.language))
        assert answer is not None
        return answer.status

    def enter_as(self, key: str) -> None:
        """Come in through the demonstration's marked door as the demo person of this key."""
        self.go("/{lang}/account/demo/")
        self.page.locator(f"form[action$='/account/demo/{key}/'] button").click()

    def click(self, name: str) -> None:
        """Press the button or follow the link of this name."""
        target = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        target.first.click()

    def sees(self, *texts: str) -> None:
        """The main part of the page holds each text."""
        main = self.page.locator("main").inner_text()
        for text in texts:
            assert text in main, f"{text!r} is not on {self.page.url}:\n{main[:3000]}"

    def check(self) -> None:
        """No accessibility violation, no sideways scroll, one language, one h1."""
        assert self.page.locator("h1").count() == 1, self.page.url
        assert self.page.locator("html").get_attribute("lang") == self.language
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{self.page.url} scrolls sideways"
        )
        assert violations(self.page) == [], self.page.url


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds wrong, shortened to rule and places."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [
        {"rule": one["id"], "help": one["help"], "at": [node["html"][:200] for node in one["nodes"][:3]]}
        for one in found["violations"]
    ]
