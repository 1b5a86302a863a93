"""The script behind ``data-autosave``: says when it saved, keeps trying, gives way to the page that shows both versions."""

import re

FORM = """<!doctype html><html lang="ko"><head><title>신청서</title><script src="/static/portal/shell.js" defer></script></head>
<body><main id="main" tabindex="-1"><h1>신청서</h1>
<form method="post" data-autosave="/save/" data-version="3" data-word-saving="저장하는 중…" data-word-failed="아직 저장되지 않았습니다.">
<input type="hidden" name="version" value="3"><label>기업명 <input name="company"></label>
<p data-autosave-status role="status"><span data-text></span></p></form></main></body></html>"""
CONFLICT = """<!doctype html><html lang="ko"><head><title>다른 사람이 먼저 저장했습니다</title></head>
<body><main id="main" tabindex="-1"><h1>다른 사람이 먼저 저장했습니다</h1></main></body></html>"""


def field(body: str, name: str) -> str:
    """The value of one part of a multipart body."""
    found = re.search(rf'name="{name}"\s+(.*?)\s+--', body, re.S)
    return found[1] if found else ""


def form(visit, answer):
    """The form on screen; ``answer(route, body)`` decides what the server says to each saving."""
    visitor = visit()
    sent: list[str] = []

    def save(route):
        sent.append(route.request.post_data or "")
        answer(route, len(sent))

    visitor.page.route("**/form/", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=FORM))
    visitor.page.route("**/save/", save)
    visitor.go("/form/")
    return visitor, sent


def test_it_says_when_it_saved_and_sends_the_version_it_was_given(visit):
    def answer(route, count):
        route.fulfill(json={"saved": f"14:0{count} 저장됨", "version": 3 + count})

    visitor, sent = form(visit, answer)
    status = visitor.page.locator("[data-autosave-status]")
    visitor.page.get_by_label("기업명").fill("가온")
    status.get_by_text("14:01 저장됨").wait_for()
    visitor.page.get_by_label("기업명").fill("가온체인")
    status.get_by_text("14:02 저장됨").wait_for()
    assert [(field(body, "company"), field(body, "version")) for body in sent] == [("가온", "3"), ("가온체인", "4")]


def test_a_failure_is_said_and_nothing_typed_is_lost(visit):
    visitor, _sent = form(visit, lambda route, count: route.fulfill(status=403, body="no"))
    visitor.page.get_by_label("기업명").fill("가온")
    visitor.page.get_by_text("아직 저장되지 않았습니다.").wait_for()
    assert visitor.page.get_by_label("기업명").input_value() == "가온"


def test_a_clash_shows_the_page_with_both_versions(visit):
    visitor, _sent = form(
        visit, lambda route, count: route.fulfill(status=409, content_type="text/html; charset=utf-8", body=CONFLICT)
    )
    visitor.page.get_by_label("기업명").fill("가온")
    visitor.page.get_by_role("heading", name="다른 사람이 먼저 저장했습니다").wait_for()
    assert visitor.page.evaluate("document.activeElement.id") == "main"
