"""One call from its first word to its result and the appeals against it. The officer writes, checks, seats, assigns, counts
and prepares in the browser, the approver publishes. One company applies by keyboard alone, another without JavaScript; each
reads its result and appeals. An evaluator has a conflict. The auditor is shown nothing to press and checks the archive of
the call without the portal. All of it twice: everybody once in Korean and once in English, on a phone and on a desk, and the
desk once with JavaScript and once without."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import story
from tests.journeys.desk import decide_and_publish, do, find_all_fit, form_panel, newest_decision

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

#: Whose browser: how wide, which language, with or without JavaScript. The keyboard journey saves by script.
STAGINGS: dict[str, dict[str, dict[str, Any]]] = {
    "space-journey": {
        "startup": {"width": 360},
        "foreign": {"language": "en", "javascript": False},
        "officer": {},
        "approver": {"language": "en", "width": 360},
        "evaluator1": {"width": 360},
        "reviewer": {},
        "auditor": {"width": 360},
    },
    "space-mirrored": {
        "startup": {"language": "en"},
        "foreign": {"width": 360, "javascript": False},
        "officer": {"language": "en", "width": 360, "javascript": False},
        "approver": {"javascript": False},
        "evaluator1": {"language": "en", "javascript": False},
        "reviewer": {"language": "en", "width": 360, "javascript": False},
        "auditor": {"language": "en"},
    },
}
BUSINESS = {"summary": "한 줄", "technology": "기록을 엮습니다.", "growth": "공공에서 시작합니다."}


def desk(code: str) -> str:
    return "/{lang}/desk/calls/" + code


@pytest.fixture
def people(visit, code):
    """Everybody in a browser of their own."""
    found = {key: visit(**browser) for key, browser in STAGINGS[code].items()}
    for key, visitor in found.items():
        visitor.enter_as(key)
    return found


@pytest.mark.parametrize("code", STAGINGS)
def test_a_call_from_its_first_word_to_its_result_and_appeals(site, at_site, code, people, tmp_path):
    officer, approver, startup, foreign = (people[key] for key in ("officer", "approver", "startup", "foreign"))
    call = write_and_publish(code, officer, approver)
    by_keyboard(startup, code)
    without_script(foreign, code)
    rivals = [rival.organisation for rival in story.rivals(call, 3)]
    story.close(call)
    do(officer, desk(code) + "/steps/draw/", public_value="KOSPI-2026-1")
    refused = call.applications.get(organisation__name_en__startswith="Lumen")
    ours = call.applications.exclude(pk=refused.pk).exclude(organisation__in=rivals).get()
    supplement(officer, foreign, refused)
    find_all_fit(officer, code)
    do(officer, desk(code) + "/steps/eligibility/")
    decide_and_publish(approver, newest_decision(officer, code))
    first_stage(call, people, refused, ours)
    notice = appeal(foreign, refused, "Please look at our growth plan again.")
    answer(people["reviewer"], foreign, notice)
    final_result(call, people, ours)
    appeal(startup, ours, "발표 점수를 다시 보아 주십시오.")
    read_only(people["auditor"], call, refused)
    verify_offline(people["auditor"], code, site.var / "ledger" / "policy", tmp_path)


def write_and_publish(code, officer, approver):
    """From an earlier call, one question more, a look, approval by somebody else, publication."""
    from portal.core.clock import database_now
    from portal.intake.models import Call

    now, page = database_now(), officer.page
    officer.go("/{lang}/desk/new-call/")
    officer.check()
    source = Call.objects.get(code="space-mapo")
    page.select_option("[name=source]", str(source.pk))
    page.fill("[name=code]", code)
    page.fill("[name=title_ko]", "여정 공고")
    page.fill("[name=title_en]", "Journey call")
    page.fill("[name=opens_at]", f"{now.astimezone(story.SEOUL) - timedelta(minutes=5):%Y-%m-%dT%H:%M:%S}")
    page.fill("[name=closes_at]", f"{now.astimezone(story.SEOUL) + timedelta(days=9):%Y-%m-%dT%H:%M:%S}")
    officer.submit()
    officer.check()
    for part in ("basics", "tracks", "criteria/1", "rules", "stages"):
        officer.go(f"{desk(code)}/edit/{part}/")
        officer.check()
    for stage in (0, 1):
        page.fill(f"[name=form-{stage}-pass_mark]", "60")
    officer.submit()
    officer.go(desk(code) + "/edit/form/business/")
    page.fill("[name=code]", "note")
    page.select_option("[name=kind]", "text")
    page.fill("[name=label_ko]", "덧붙이는 말")
    page.fill("[name=label_en]", "Anything else")
    officer.check()
    officer.submit()
    officer.sees(officer.word("덧붙이는 말", "Anything else"))
    officer.check()
    story.give_terms(code, like=source)
    officer.go(desk(code) + "/edit/")
    officer.submit(within="form[action$='/ready/']")
    assert officer.go(desk(code) + "/steps/publish/") == 403, "who wrote it does not publish it"
    for path in ("/preview/", "/preview/business/", "/steps/publish/"):
        approver.go(desk(code) + path)
        approver.check()
    approver.submit()
    return Call.objects.get(code=code)


def tab_to(page, selector: str) -> None:
    """Press Tab until the control has the focus; nothing here ever uses the mouse."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard on {page.url}")


def press(page, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def by_keyboard(startup, code) -> None:
    """The whole application with Tab, Space and Enter; what was typed is saved by itself meanwhile."""
    page = startup.page
    startup.go("/{lang}/calls/" + code + "/")
    startup.check()
    press(page, f"a[href$='/calls/{code}/start/']")
    tab_to(page, "input[name=track]")
    page.keyboard.press("Space")
    press(page, "main form button[type=submit]")
    startup.check()
    press(page, "a[href$='/pages/business/']")
    tab_to(page, "input[name=field]")
    page.keyboard.press("ArrowDown")
    for name, text in BUSINESS.items():
        tab_to(page, f"[name={name}]")
        page.keyboard.type(text)
    page.locator("[data-autosave-status][data-state=saved]").wait_for()
    startup.sees(startup.word("저장됨", "Saved"))
    startup.check()
    press(page, "main form button[type=submit]")
    tab_to(page, "[name=seats]")
    page.keyboard.type("4")
    tab_to(page, "input[name=other_space]")
    page.keyboard.press("Space")
    press(page, "main form button[type=submit]")
    for name in ("tax", "credit", "privacy"):
        tab_to(page, f"[name={name}]")
        page.keyboard.press("Space")
    press(page, "main form button[type=submit]")
    startup.check()
    press(page, "main form button[type=submit]")
    assert "/receipts/1/" in page.url
    startup.check()


def without_script(foreign, code) -> None:
    """Without JavaScript the same pages are ordinary forms."""
    page = foreign.page
    foreign.go("/{lang}/calls/" + code + "/")
    foreign.check()
    foreign.go("/{lang}/calls/" + code + "/start/")
    page.locator("input[name=track]").nth(1).check()
    foreign.submit()
    application = page.url
    foreign.go_to(application + "pages/business/")
    page.check("input[name=field][value=service]")
    for name, text in BUSINESS.items():
        page.fill(f"[name={name}]", text)
    foreign.submit()
    page.fill("[name=seats]", "4")
    page.check("input[name=other_space][value=none]")
    foreign.check()
    foreign.submit()
    foreign.go_to(application + "check/")
    foreign.submit()
    assert page.locator("[data-errors] a").count() == 3, "three confirmations are missing, each with its way back"
    foreign.check()
    foreign.go_to(application + "pages/confirmations/")
    for name in ("tax", "credit", "privacy"):
        page.check(f"[name={name}]")
    foreign.submit()
    foreign.submit()
    assert "/receipts/1/" in page.url
    foreign.check()


def supplement(officer, foreign, application) -> None:
    """The officer asks for one answer again; only that question opens."""
    page = officer.page
    officer.go("/{lang}/desk/applications/" + f"{application.public_id}/supplement/")
    officer.check()
    page.check("[name=blocks][value=growth]")
    page.fill("[name=missing]", "Please say more about growth.")
    page.fill("[name=due_at]", "2099-01-01T18:00:00")
    officer.submit()
    mine = "/{lang}/my/applications/" + f"{application.public_id}/"
    foreign.go(mine)
    foreign.check()
    foreign.sees("Please say more about growth.")
    foreign.go(mine + "pages/business/")
    foreign.check()
    assert not foreign.page.locator("[name=summary]").count()
    foreign.page.fill("[name=growth]", "Growth, in more words.")
    foreign.submit()
    foreign.go(mine + "check/")
    foreign.check()
    foreign.submit()
    assert "/receipts/2/" in foreign.page.url
    officer.go("/{lang}/desk/applications/" + f"{application.public_id}/")
    officer.check()
    officer.sees("Growth, in more words.")


def first_stage(call, people, refused, ours) -> None:
    """A panel whose first member knows the foreign company; one sheet in the browser; the result, previewed and told."""
    from portal.intake.models import ScoreSheet

    officer, approver, evaluator = people["officer"], people["approver"], people["evaluator1"]
    form_panel(officer, call.code, 1)
    evaluator.go("/{lang}/review/calls/" + call.code + "/pledge/")
    company = refused.organisation
    evaluator.page.get_by_label(evaluator.word(company.name_ko, company.name_en or company.name_ko)).check()
    evaluator.page.fill("[name=reason]", "작년에 자문했습니다.")
    evaluator.page.check("[name=fair]")
    evaluator.check()
    evaluator.submit()
    story.pledge_the_rest(call, but="evaluator1")
    assign(officer, call.code, 1)
    evaluator.go("/{lang}/review/calls/" + call.code + "/")
    evaluator.check()
    assert refused.receipt_number not in evaluator.page.locator("main").inner_text()
    other = ScoreSheet.objects.filter(assignment__application=refused).first()
    assert evaluator.go("/{lang}/review/sheets/" + f"{other.public_id}/") == 404, "a barred file cannot be reached"
    evaluator.go("/{lang}/review/calls/" + call.code + "/")
    evaluator.follow(evaluator.page.locator("main a[href*='/review/sheets/']").first)
    evaluator.page.locator("[name=score_1]").fill("20")
    evaluator.submit(name="lock")
    assert evaluator.page.locator("[data-errors]").is_visible(), "a sheet is not locked half done"
    evaluator.check()
    for field in evaluator.page.locator("aside input[type=number]").all():
        field.fill("20")
    evaluator.submit(name="lock")
    evaluator.check()
    evaluator.submit()
    evaluator.check()
    points = dict.fromkeys(call.applications.values_list("receipt_number", flat=True), 22)
    story.score_the_rest(call, points | {refused.receipt_number: 8, ours.receipt_number: 18})
    do(officer, desk(call.code) + "/stages/1/steps/settle/")
    do(officer, desk(call.code) + "/stages/1/steps/shortlist/")
    link = newest_decision(officer, call.code)
    officer.go(link)
    officer.check()
    officer.follow(officer.page.locator(f"main a:has-text('{refused.receipt_number}')"))
    officer.check()
    tell_at_once(approver, link, people["foreign"], refused)


def assign(officer, code: str, number: int) -> None:
    for step in ("open", "propose", "confirm"):
        do(officer, desk(code) + f"/stages/{number}/steps/{step}/")


def tell_at_once(approver, link: str, applicant, application) -> None:
    """Decided quietly, then published: until then the company reads nothing of it."""
    approver.go(link)
    approver.submit()
    applicant.go("/{lang}/my/applications/" + f"{application.public_id}/")
    refusal = applicant.word("미선정", "Not selected")
    assert not applicant.page.locator(f"a[href*='/my/results/']:has-text('{refusal}')").count()
    approver.submit(name="publish")
    approver.check()


def final_result(call, people, ours) -> None:
    """The presentations, scored low for the company that works the keyboard; then the final result, by the desk alone."""
    officer = people["officer"]
    answer_before_the_presentation(people["startup"], f"/{{lang}}/my/applications/{ours.public_id}/")
    story.answer_the_rest(call)
    form_panel(officer, call.code, 2)
    story.pledge_the_rest(call, but="")
    assign(officer, call.code, 2)
    points = dict.fromkeys(call.applications.values_list("receipt_number", flat=True), 22)
    story.score_the_rest(call, points | {ours.receipt_number: 3})
    do(officer, desk(call.code) + "/stages/2/steps/settle/")
    do(officer, desk(call.code) + "/steps/final/")
    tell_at_once(people["approver"], newest_decision(officer, call.code), people["startup"], ours)
    officer.go(desk(call.code) + "/ranking/")
    officer.sees(ours.receipt_number)
    officer.check()


def answer_before_the_presentation(startup, address: str) -> None:
    """What only those who go on are asked, with the keys alone."""
    startup.go(address)
    startup.check()
    press(startup.page, "a[href$='/pages/presentation/']")
    startup.check()
    tab_to(startup.page, "[name=pitch]")
    startup.page.keyboard.type("첫해의 계획")
    press(startup.page, "main form button[type=submit]")
    startup.go(address + "check/")
    startup.check()
    press(startup.page, "main form button[type=submit]")
    startup.page.wait_for_url("**/receipts/2/")


def appeal(applicant, application, grounds: str) -> str:
    """The result with its reasons, and one step to an appeal; without a mouse."""
    page = applicant.page
    applicant.go("/{lang}/my/applications/" + f"{application.public_id}/")
    applicant.check()
    newest = page.locator("a[href*='/my/results/']").last.get_attribute("href")
    press(page, f"a[href='{newest}']")
    applicant.sees(applicant.word("미선정", "Not selected"), applicant.word("이의신청", "Appeal"))
    applicant.check()
    press(page, "a[href$='/appeal/']")
    applicant.check()
    press(page, "main form button[type=submit]")
    assert page.locator("[data-errors]").is_visible()
    tab_to(page, "[name=grounds]")
    page.keyboard.type(grounds)
    press(page, "main form button[type=submit]")
    applicant.sees(grounds)
    applicant.check()
    return page.url.split(f"/{applicant.language}", 1)[1]


def answer(reviewer, foreign, appeal: str) -> None:
    """Somebody with no part in the call admits it, then answers with reasons."""
    for outcome, reasons in (("ADMITTED", ""), ("DISMISSED", "다시 보아도 같습니다.")):
        reviewer.go("/{lang}" + appeal)
        reviewer.check()
        reviewer.page.check(f"[name=outcome][value={outcome}]")
        reviewer.page.fill("[name=reasons]", reasons)
        reviewer.submit()
    foreign.go("/{lang}" + appeal)
    foreign.sees("다시 보아도 같습니다.")
    foreign.check()


def read_only(auditor, call, refused) -> None:
    """Everything of the call is open to the auditor, and nothing on it can be sent."""
    decision = call.decisions.order_by("pk").last()
    finding = f"/desk/applications/{refused.public_id}/findings/tax_clear/"
    own = ["", "entries/", "eligibility/", "stages/1/", "preview/"]
    paths = [f"/desk/calls/{call.code}/{path}" for path in own]
    paths += [f"/desk/applications/{refused.public_id}/", finding, f"/desk/decisions/{decision.public_id}/"]
    for path in paths:
        assert auditor.go("/{lang}" + path) == 200, path
        auditor.check()
        assert not auditor.page.locator("main form[method=post]").count(), path
        assert not auditor.page.locator("main a[href*='/steps/'], main a[href$='/edit/']").count(), path


def verify_offline(auditor, code: str, policy: Path, folder: Path) -> None:
    """The archive is downloaded and checked by the commands that its page and its guide name, without database or portal."""
    auditor.go(desk(code) + "/audit/")
    auditor.check()
    auditor.sees("intake_recount")
    archive = folder / "audit.zip"
    download(auditor, archive)
    check_offline(archive, policy, folder)


def check_offline(archive: Path, policy: Path, folder: Path) -> None:
    """Files and rankings, two decisions against the public ledger, a sealed sheet; and an archive with one byte more."""
    assert command("manage.py", "intake_recount", archive, folder=folder).startswith("ok: ")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder / "out")
    index = csv.DictReader((folder / "out/ledger/index.csv").read_text(encoding="utf-8-sig").splitlines())
    leaves = {row["type"]: folder / "out/ledger" / row["leaf"] for row in index}
    sheet, told = leaves["space.sheet.locked/1"], leaves["space.result.announced/1"]
    for leaf in (sheet, told):
        ask = ("proof", leaf / "leaf.tlog-proof", "--leaf", leaf / "leaf.json", "--policy", policy)
        command("-m", "ledger.verify", *ask, folder=folder)
    command("-m", "ledger.verify", "opening", sheet / "openings.json", "--leaf", sheet / "leaf.json", folder=folder)
    other = folder / "changed.zip"
    with zipfile.ZipFile(archive) as packed, zipfile.ZipFile(other, "w") as changed:
        for name in packed.namelist():
            changed.writestr(name, packed.read(name) + (b" " if name == "decisions.json" else b""))
    command("manage.py", "intake_recount", other, folder=folder, fails=True)


def download(auditor, path: Path) -> None:
    """Order it; the page says by itself when the worker has made it."""
    auditor.submit(name="archive")
    auditor.check()
    link = auditor.page.locator("main a[href*='/desk/audit-files/']")
    link.wait_for(timeout=300_000)
    auditor.check()
    with auditor.page.expect_download() as found:
        link.click()
    found.value.save_as(path)


def command(*arguments: object, folder: Path, fails: bool = False) -> str:
    """What a command says on a machine that has the source code and nothing else."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DATABASE", "TEST"))}
    line = [sys.executable, *map(str, arguments)]
    environment = plain | {"VAR_DIR": str(folder / "var"), "SECRET_KEY": "none"}
    done = subprocess.run(line, cwd=story.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout
