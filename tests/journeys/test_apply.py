"""One call from its first word to an appeal: written, approved, applied to by keyboard and without JavaScript, reviewed by
somebody with a conflict, told, appealed against, answered; and read by the auditor, who is shown nothing to press and checks
the archive of the call without the portal."""

from __future__ import annotations

import contextlib
import csv
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as NothingCame

from tests.journeys import story

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

CALL = "space-journey"
DESK = "/{lang}/desk/calls/" + CALL
BUSINESS = {"summary": "한 줄", "technology": "기록을 엮습니다.", "growth": "공공에서 시작합니다."}


@pytest.fixture
def people(visit):
    """Everybody in a browser of their own: the two applicants at the two ends of what must work."""
    found = {
        "startup": visit(width=1280),
        "foreign": visit(width=360, language="en", javascript=False),
        "officer": visit(),
        "approver": visit(language="en"),
        "evaluator1": visit(width=360),
        "reviewer": visit(),
        "auditor": visit(width=360),
    }
    for key, visitor in found.items():
        visitor.enter_as(key)
    return found


def test_a_call_from_its_first_word_to_an_appeal(site, at_site, people, tmp_path):
    call = write_and_publish(people["officer"], people["approver"])
    by_keyboard(people["startup"])
    without_script(people["foreign"])
    story.rivals(call, 3)
    story.bell(call)
    refused = call.applications.get(organisation__name_en__startswith="Lumen")
    supplement(people["officer"], people["foreign"], refused)
    story.settle_findings(call)
    first_stage(call, people, refused)
    notice = appeal(people["foreign"], refused)
    answer(people["reviewer"], people["foreign"], notice)
    read_only(people["auditor"], call, refused)
    verify_offline(people["auditor"], site.var / "ledger" / "policy", tmp_path)


def write_and_publish(officer, approver):
    """From an earlier call, one question more, a look, approval by somebody else, publication."""
    from portal.core.clock import database_now
    from portal.intake.models import Call

    now, page = database_now(), officer.page
    officer.go("/{lang}/desk/new-call/")
    officer.check()
    source = Call.objects.get(code="space-mapo")
    page.select_option("[name=source]", str(source.pk))
    page.fill("[name=code]", CALL)
    page.fill("[name=title_ko]", "여정 공고")
    page.fill("[name=title_en]", "Journey call")
    page.fill("[name=opens_at]", f"{now.astimezone(story.SEOUL) - timedelta(minutes=5):%Y-%m-%dT%H:%M:%S}")
    page.fill("[name=closes_at]", f"{now.astimezone(story.SEOUL) + timedelta(days=9):%Y-%m-%dT%H:%M:%S}")
    officer.submit()
    officer.check()
    for part in ("basics", "tracks", "criteria/1", "rules", "stages"):
        officer.go(f"{DESK}/edit/{part}/")
        officer.check()
    page.fill("[name=form-0-pass_mark]", "60")
    officer.submit()
    officer.go(DESK + "/edit/form/business/")
    page.fill("[name=code]", "note")
    page.select_option("[name=kind]", "text")
    page.fill("[name=label_ko]", "덧붙이는 말")
    page.fill("[name=label_en]", "Anything else")
    officer.check()
    officer.submit()
    officer.sees("덧붙이는 말")
    officer.check()
    story.give_terms(CALL, like=source)
    officer.go(DESK + "/edit/")
    officer.submit(within="form[action$='/ready/']")
    assert officer.go(DESK + "/steps/publish/") == 403, "who wrote it does not publish it"
    for path in ("/preview/", "/preview/business/", "/steps/publish/"):
        approver.go(DESK + path)
        approver.check()
    approver.submit()
    return Call.objects.get(code=CALL)


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


def by_keyboard(startup) -> None:
    """The whole application with Tab, Space and Enter; what was typed is saved by itself meanwhile."""
    page = startup.page
    startup.go("/{lang}/calls/" + CALL + "/")
    startup.check()
    press(page, f"a[href$='/calls/{CALL}/start/']")
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
    startup.sees("저장됨")
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


def without_script(foreign) -> None:
    """In English on a phone without JavaScript: the same pages are ordinary forms."""
    page = foreign.page
    foreign.go("/{lang}/calls/" + CALL + "/")
    foreign.check()
    foreign.go("/{lang}/calls/" + CALL + "/start/")
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


def first_stage(call, people, refused) -> None:
    """A panel whose first member knows the foreign company; one sheet in the browser; the result, previewed and told."""
    from portal.intake.models import ScoreSheet

    evaluator = people["evaluator1"]
    story.seat(call, 1)
    evaluator.go("/{lang}/review/calls/" + CALL + "/pledge/")
    evaluator.page.get_by_label(refused.organisation.name_ko).check()
    evaluator.page.fill("[name=reason]", "작년에 자문했습니다.")
    evaluator.page.check("[name=fair]")
    evaluator.check()
    evaluator.submit()
    story.pledge_the_rest(call, but="evaluator1")
    story.assign(call, 1)
    evaluator.go("/{lang}/review/calls/" + CALL + "/")
    evaluator.check()
    assert refused.receipt_number not in evaluator.page.locator("main").inner_text()
    other = ScoreSheet.objects.filter(assignment__application=refused).first()
    assert evaluator.go("/{lang}/review/sheets/" + f"{other.public_id}/") == 404, "a barred file cannot be reached"
    evaluator.go("/{lang}/review/calls/" + CALL + "/")
    evaluator.page.locator("main a[href*='/review/sheets/']").first.click()
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
    decision = story.shortlist(call, last=refused)
    officer, approver = people["officer"], people["approver"]
    officer.go("/{lang}/desk/decisions/" + f"{decision.public_id}/")
    officer.check()
    officer.page.locator(f"main a:has-text('{refused.receipt_number}')").click()
    officer.check()
    approver.go("/{lang}/desk/decisions/" + f"{decision.public_id}/")
    approver.submit()
    people["foreign"].go("/{lang}/my/applications/" + f"{refused.public_id}/")
    assert not people["foreign"].page.locator("a[href*='/my/results/']:has-text('Not selected')").count()
    approver.submit(name="publish")
    approver.check()


def appeal(foreign, refused) -> str:
    """The result with its reasons, and one step to an appeal; without a mouse."""
    page = foreign.page
    foreign.go("/{lang}/my/applications/" + f"{refused.public_id}/")
    foreign.check()
    newest = page.locator("a[href*='/my/results/']").last.get_attribute("href")
    press(page, f"a[href='{newest}']")
    foreign.sees("Not selected", "Appeal")
    foreign.check()
    press(page, "a[href$='/appeal/']")
    foreign.check()
    press(page, "main form button[type=submit]")
    assert page.locator("[data-errors]").is_visible()
    tab_to(page, "[name=grounds]")
    page.keyboard.type("Please look at our growth plan again.")
    press(page, "main form button[type=submit]")
    foreign.sees("Please look at our growth plan again.")
    foreign.check()
    return page.url.split("/en", 1)[1]


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
    paths = [f"/desk/calls/{CALL}/{path}" for path in own]
    paths += [f"/desk/applications/{refused.public_id}/", finding, f"/desk/decisions/{decision.public_id}/"]
    for path in paths:
        assert auditor.go("/{lang}" + path) == 200, path
        auditor.check()
        assert not auditor.page.locator("main form[method=post]").count(), path
        assert not auditor.page.locator("main a[href*='/steps/'], main a[href$='/edit/']").count(), path


def verify_offline(auditor, policy: Path, folder: Path) -> None:
    """The archive is downloaded and checked by the commands that its page and its guide name, without database or portal."""
    auditor.go(DESK + "/audit/")
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
    """Press the button; while the newest leaves wait for their witness the page says so, and one tries again."""
    for _ in range(10):
        with contextlib.suppress(NothingCame):
            with auditor.page.expect_download(timeout=30_000) as found:
                auditor.page.locator("main button[name=archive]").click()
            found.value.save_as(path)
            return
    raise AssertionError(auditor.page.locator("main").inner_text())


def command(*arguments: object, folder: Path, fails: bool = False) -> str:
    """What a command says on a machine that has the source code and nothing else."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DATABASE", "TEST"))}
    line = [sys.executable, *map(str, arguments)]
    environment = plain | {"VAR_DIR": str(folder / "var"), "SECRET_KEY": "none"}
    done = subprocess.run(line, cwd=story.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout
