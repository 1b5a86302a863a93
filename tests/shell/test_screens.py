"""The shell in a real browser: accessible in both languages at both widths, also without script, and with strong contrast."""

import pytest

SCREENS = [
    "/{lang}/",
    "/{lang}/style/?errors",
    "/{lang}/copyright/",
    "/{lang}/accounts/login/",
    "/{lang}/plan/",
]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_screen_is_accessible_and_fits(visit, width, language):
    visitor = visit(width=width, language=language)
    for path in SCREENS:
        assert visitor.go(path) == 200
        visitor.check()


@pytest.mark.parametrize("mode", ["contrast.larger", "light.large"])
def test_contrast_and_text_size_stay_accessible(visit, portal_url, mode):
    visitor = visit(width=360)
    visitor.page.context.add_cookies([{"name": "display", "value": mode, "url": portal_url}])
    for path in SCREENS[:2]:
        visitor.go(path)
        assert visitor.page.locator("html").get_attribute("data-size") == mode.split(".")[1]
        visitor.check()


def test_a_device_that_asks_for_contrast_gets_it_unasked(visit):
    visitor = visit(contrast="more")
    visitor.go("/{lang}/style/")
    ground = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(0, 0, 0)"
    visitor.check()


def test_display_settings_work_without_script(visit):
    visitor = visit(javascript=False)
    visitor.go("/{lang}/style/")
    visitor.page.locator("summary", has_text="화면 설정").click()
    visitor.page.get_by_label("선명하게(고대비)").check()
    visitor.page.get_by_label("더 크게").check()
    visitor.page.get_by_role("button", name="적용").click()
    assert visitor.page.url.endswith("/ko/style/")
    assert visitor.page.locator("html").get_attribute("data-mode") == "contrast"
    assert visitor.page.locator("html").get_attribute("data-size") == "larger"


def test_the_same_page_in_the_other_language(visit):
    visitor = visit()
    visitor.go("/{lang}/style/?errors")
    visitor.page.get_by_role("link", name="English").click()
    assert visitor.page.url.endswith("/en/style/?errors")
    assert visitor.page.locator("html").get_attribute("lang") == "en"


def test_the_keyboard_reaches_the_content_first(visit):
    visitor = visit()
    visitor.go("/{lang}/")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"


def test_escape_closes_a_menu_and_gives_the_focus_back(visit):
    visitor = visit()
    visitor.go("/{lang}/")
    summary = visitor.page.locator("summary", has_text="화면 설정")
    summary.click()
    visitor.page.get_by_label("더 크게").focus()
    visitor.page.keyboard.press("Escape")
    assert not visitor.page.get_by_label("더 크게").is_visible()
    assert visitor.page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_focus_goes_to_the_error_summary_and_its_link_to_the_field(visit):
    visitor = visit()
    visitor.go("/{lang}/style/?errors")
    assert visitor.page.evaluate("document.activeElement.hasAttribute('data-errors')")
    assert visitor.page.title().startswith("오류:")
    visitor.page.get_by_role("link", name="모집부문:").click()
    assert visitor.page.evaluate("document.activeElement.id") == "id_track_0"


def test_the_amount_is_said_in_words_as_it_is_typed(visit):
    visitor = visit()
    visitor.go("/{lang}/style/")
    amount = visitor.page.get_by_label("월 매출액")
    amount.fill("136,4500,0000")
    assert visitor.page.locator("#id_rent_words").inner_text() == "136억 4,500만원"


def test_a_violation_of_the_content_policy_is_noticed(visit):
    """The guard itself: without it, the tests above would say nothing about the policy."""
    visitor = visit()
    visitor.go("/{lang}/style/")
    visitor.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    visitor.page.wait_for_timeout(100)
    assert len(visitor.complaints) == 1
    assert "Content Security Policy" in visitor.complaints.pop()
