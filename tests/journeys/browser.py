"""A visitor: a browser page with the manners and the checks that every journey shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response

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
    #: Paths that this visitor had open.
    seen: set[str] = field(default_factory=set)
    #: Where scripts do not run, axe cannot either: a page of the same size in which the same document is looked at.
    glass: Page | None = None

    def word(self, korean: str, english: str) -> str:
        """What this visitor reads."""
        return korean if self.language == "ko" else english

    def go(self, path: str) -> int:
        """Open an address of the portal (``{lang}`` is the visitor's language); returns the status."""
        return self.go_to(path.format(lang=self.language))

    def go_to(self, address: str) -> int:
        """Open an address as it stands; returns the status."""
        answer = self.page.goto(address)
        assert answer is not None
        self.seen.add(urlsplit(self.page.url).path)
        return answer.status

    def submit(self, *, name: str = "", within: str = "main form") -> None:
        """Press the submit button (of this name) of the one form in the main part."""
        button = self.page.locator(
            f"main {within.removeprefix('main ')} button[type=submit]" + (f"[name={name}]" if name else "")
        )
        assert button.count() >= 1, (
            f"no button {name or within} on {self.page.url}:\n{self.page.locator('main').inner_text()[:2000]}"
        )
        with self.page.expect_navigation():
            button.first.click()
        self.seen.add(urlsplit(self.page.url).path)

    def follow(self, link: Locator) -> None:
        """Click what leads to another page, and be there."""
        with self.page.expect_navigation():
            link.click()
        self.seen.add(urlsplit(self.page.url).path)

    def enter_as(self, key: str) -> None:
        """Come in through the demonstration's marked door as the demo person of this key."""
        self.go("/{lang}/account/demo/")
        self.follow(self.page.locator(f"form[action$='/account/demo/{key}/'] button"))

    def sees(self, *texts: str) -> None:
        """The main part of the page holds each text."""
        main = self.page.locator("main").inner_text()
        for text in texts:
            assert text in main, f"{text!r} is not on {self.page.url}:\n{main[:3000]}"

    def check(self) -> None:
        """No accessibility violation, no sideways scroll, one language, one h1."""
        looked_at = self.page
        if self.glass is not None:
            looked_at = self.glass
            shown = self.page.content()
            looked_at.set_content(shown.replace("<noscript", "<div").replace("</noscript>", "</div>"))
        assert looked_at.locator("h1").count() == 1, self.page.url
        assert looked_at.locator("html").get_attribute("lang") == self.language
        assert looked_at.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{self.page.url} scrolls sideways"
        )
        assert violations(looked_at) == [], self.page.url


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds wrong, shortened to rule and places."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [
        {"rule": one["id"], "help": one["help"], "at": [node["html"][:200] for node in one["nodes"][:3]]}
        for one in found["violations"]
    ]
