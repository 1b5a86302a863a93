"""From a stranger's first visit to a lease: the startup, its colleague, an evaluator, the officer, the approver.

One call is lived through in the browser by the people named; the crowd (other companies, other evaluators) acts by the
services. Afterwards a stranger tries every address that these people had open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tests.accounts.test_sign_in import code_of
from tests.journeys import story
from tests.journeys.browser import Visitor
from tests.journeys.desk import decide_and_publish, do, form_panel, newest_decision

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

PASSWORD = "마당-뜰-우물-느티나무-9"
CALL = "space-mapo"
DESK = "/{lang}/desk/calls/" + CALL


@pytest.fixture
def call(at_site):
    from portal.intake.models import Call

    return Call.objects.get(code=CALL)


def sign_up(visitor, site, email: str, name: str) -> None:
    visitor.go("/{lang}/accounts/signup/")
    page = visitor.page
    page.fill("[name=email]", email)
    page.fill("[name=name]", name)
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    page.check("[name=consent_terms]")
    page.check("[name=consent_privacy]")
    visitor.check()
    visitor.submit()
    visitor.check()
    page.fill("[name=code]", story.in_mail(site.var, to=email, pattern=r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b"))
    visitor.submit()
    if "login" in page.url:
        page.fill("[name=login]", email)
        page.fill("[name=password]", PASSWORD)
        visitor.submit()


def register_the_company(visitor) -> None:
    page = visitor.page
    visitor.go("/{lang}/account/organisations/new/")
    page.fill("[name=business_number]", "123-45-67890")
    page.fill("[name=name_ko]", "느티나무체인")
    page.fill("[name=name_en]", "Neutinamu Chain")
    page.fill("[name=representative]", "한뜰")
    page.fill("[name=opened_date]", "2023-03-02")
    visitor.submit()
    assert page.locator("[data-errors]").is_visible(), "a wrong check digit is told"
    assert page.input_value("[name=name_ko]") == "느티나무체인", "what was typed stays"
    visitor.check()
    page.fill("[name=business_number]", "123-45-67891")
    visitor.submit()
    visitor.sees("느티나무체인", "123-45-67891")


def write_the_application(visitor) -> None:
    page = visitor.page
    visitor.go("/{lang}/calls/" + CALL + "/")
    visitor.check()
    visitor.follow(page.locator(f"a[href$='/calls/{CALL}/start/']"))
    page.check("[name=track] >> nth=0") if page.locator("input[name=track]").count() else page.select_option(
        "[name=track]", index=1
    )
    visitor.submit()
    visitor.check()
    application = page.url
    page.goto(application + "pages/business/")
    page.check("input[name=field][value=service]")
    page.fill("[name=summary]", "나이테처럼 남는 기록")
    page.fill("[name=technology]", "문서의 지문을 나무로 엮습니다.")
    page.fill("[name=growth]", "공공 문서에서 시작합니다.")
    visitor.check()
    visitor.submit()
    page.goto(application + "pages/space/")
    page.fill("[name=seats]", "4")
    page.fill("[name=units]", "305, 301")
    page.check("input[name=other_space][value=none]")
    visitor.submit()
    page.goto(application + "pages/confirmations/")
    for name in ("tax", "credit", "privacy"):
        page.check(f"[name={name}]")
    visitor.submit()
    page.goto(application)


def send(visitor) -> str:
    """Check and send; the receipt number."""
    page = visitor.page
    visitor.go_to(re.sub(r"/(pages|check)/.*$", "/", page.url) + "check/")
    visitor.check()
    visitor.submit()
    assert "/receipts/1/" in page.url
    visitor.check()
    found = re.search(r"MP\d{4}-\d{4}", page.locator("main").inner_text())
    assert found, "the receipt names its number"
    return found[0]


def pledge_without_reason(evaluator, company: str) -> None:
    """A conflict without its reason is asked for, and nothing that was ticked is lost."""
    evaluator.page.get_by_label(company).check()
    evaluator.page.check("[name=fair]")
    evaluator.submit()
    assert evaluator.page.locator("[data-errors]").is_visible()
    assert evaluator.page.get_by_label(company).is_checked()


def judge(evaluator, *, never: str) -> None:
    """One file in the browser: points, a look over it, locked. The company named in a conflict is not among the files."""
    page = evaluator.page
    evaluator.go("/{lang}/review/calls/" + CALL + "/")
    evaluator.check()
    assert never not in page.locator("main").inner_text()
    rows = page.locator("main tr").filter(has=page.locator("a[href*='/review/sheets/']"))
    evaluator.follow(rows.filter(has_text="작성 중").locator("a").first)
    evaluator.check()
    for field in page.locator("aside input[inputmode=numeric], aside input[type=number]").all():
        field.fill("20")
    evaluator.submit(name="lock")
    evaluator.check()
    evaluator.submit()


@dataclass
class Cast:
    """The people of the journey, each in a browser of their own."""

    startup: Visitor
    colleague: Visitor
    officer: Visitor
    approver: Visitor
    evaluator: Visitor

    @property
    def seen(self) -> set[str]:
        return self.startup.seen | self.colleague.seen | self.officer.seen | self.evaluator.seen


@pytest.fixture
def cast(visit) -> Cast:
    found = Cast(visit(width=1280), visit(width=360), visit(), visit(language="en"), visit())
    found.officer.enter_as("officer")
    found.approver.enter_as("approver")
    found.evaluator.enter_as("evaluator1")
    return found


def test_a_startup_gets_its_room(visit, site, call, cast):
    address = become_a_company_of_two(cast, site)
    receipt = send(cast.startup)
    rivals = story.rivals(call, 3)
    story.bell(call)
    find_the_eligible(cast)
    review(cast, call, 1, conflict=rivals[0].organisation.name_ko, winner=receipt)
    answer_before_the_presentation(cast.startup, address)
    story.answer_the_rest(call)
    review(cast, call, 2, conflict=rivals[0].organisation.name_ko, winner=receipt)
    announce(cast, address)
    lease = from_offer_to_lease(cast, receipt)
    cast.startup.go("/{lang}/space/mine/")
    cast.startup.sees(lease.unit.code)
    cast.startup.check()
    assert lease.offer.need.application.status == "FULFILLED"
    assert_strangers_see_nothing(visit, cast.seen)


def become_a_company_of_two(cast, site) -> str:
    """Sign up, register, invite; the colleague writes on a phone and asks for sending. The application's address."""
    startup, colleague = cast.startup, cast.colleague
    sign_up(startup, site, "hantteul@neutinamu.example", "한뜰")
    register_the_company(startup)
    startup.page.fill("[name=email]", "saem@neutinamu.example")
    startup.submit()
    startup.sees("saem@neutinamu.example")
    sign_up(colleague, site, "saem@neutinamu.example", "우물샘")
    invitation = story.in_mail(site.var, to="saem@neutinamu.example", pattern=r"http\S+/account/invitation/\S+?/")
    colleague.page.goto(invitation)
    colleague.check()
    colleague.submit()
    write_the_application(colleague)
    colleague.go_to(re.sub(r"/(pages|check)/.*$", "/", colleague.page.url) + "check/")
    colleague.submit()
    address = re.sub(r"/check/$", "/", colleague.page.url)
    startup.go_to(address)
    startup.check()
    return address


def find_the_eligible(cast) -> None:
    cast.officer.go(DESK + "/eligibility/")
    cast.officer.check()
    cast.officer.submit()
    do(cast.officer, DESK + "/steps/eligibility/")
    decide_and_publish(cast.approver, newest_decision(cast.officer, CALL))


def review(cast, call, number: int, *, conflict: str, winner: str) -> None:
    """One stage: panel, pledge with a conflict, assignment, one file in the browser, the rest by services, the run."""
    officer, evaluator, stage = cast.officer, cast.evaluator, DESK + f"/stages/{number}"
    form_panel(officer, CALL, number)
    evaluator.go("/{lang}/review/calls/" + CALL + "/pledge/")
    evaluator.check()
    if number == 1:
        pledge_without_reason(evaluator, conflict)
        evaluator.page.fill("[name=reason]", "작년에 자문했습니다.")
    else:
        evaluator.page.check("[name=fair]")
    evaluator.submit()
    story.pledge_the_rest(call, but="evaluator1")
    for step in ("open", "propose", "confirm"):
        do(officer, f"{stage}/steps/{step}/")
    judge(evaluator, never=conflict)
    story.score_the_rest(call, {winner: 22})
    do(officer, stage + "/steps/settle/")
    if number == 1:
        do(officer, stage + "/steps/shortlist/")
        decide_and_publish(cast.approver, newest_decision(officer, CALL))


def answer_before_the_presentation(startup, address: str) -> None:
    """What only those who go on are asked: a page of its own, and a receipt of its own."""
    startup.go_to(address)
    startup.check()
    startup.go_to(address + "pages/presentation/")
    startup.check()
    startup.page.fill("[name=pitch]", "지금까지 만든 것과 첫해의 계획을 보여 드립니다.")
    startup.submit()
    startup.go_to(address + "check/")
    startup.check()
    startup.submit()
    assert "/receipts/2/" in startup.page.url


def announce(cast, address: str) -> None:
    """Decided quietly: the company sees nothing before the publication, and its result right after."""
    do(cast.officer, DESK + "/steps/final/")
    final = newest_decision(cast.officer, CALL)
    cast.startup.go_to(address)
    assert not cast.startup.page.locator("a[href*='/my/results/']").filter(has_text="선정").count()
    decide_and_publish(cast.approver, final)
    cast.startup.go_to(address)
    cast.startup.check()
    cast.startup.follow(cast.startup.page.locator("a[href*='/my/results/']").filter(has_text="선정"))
    cast.startup.check()


def from_offer_to_lease(cast, receipt: str):
    from tenancy.models import Lease, Offer

    do_allocation(cast.officer, cast.approver)
    offer = Offer.objects.get(need__application__receipt_number=receipt)
    assert offer.unit.code == "305", "the first wish was free"
    cast.startup.go("/{lang}/space/" + f"offers/{offer.public_id}/")
    cast.startup.check()
    accept(cast.startup, offer)
    set_up_an_authenticator(cast.startup)
    cast.startup.go("/{lang}/space/" + f"offers/{offer.public_id}/")
    accept(cast.startup, offer)
    cast.officer.go("/{lang}/space/" + f"offers/{offer.public_id}/")
    cast.officer.submit(within="form[action$='/lease/']")
    lease = Lease.objects.get(offer=offer)
    for visitor in (cast.startup, cast.approver):
        visitor.go("/{lang}/space/" + f"leases/{lease.public_id}/")
        visitor.check()
        visitor.page.check("[name=consented]")
        visitor.submit(within="form[action$='/sign/']")
    return Lease.objects.select_related("unit", "offer__need__application").get(pk=lease.pk)


def accept(startup, offer) -> None:
    startup.page.check("[name=agreed]")
    startup.submit(within=f"form[action$='/{offer.public_id}/accept/']")


def set_up_an_authenticator(visitor) -> None:
    """Accepting binds the company: without a second factor the way leads to setting one up, and nothing is accepted."""
    page = visitor.page
    assert "/accounts/2fa/" in page.url, "the second factor is asked for"
    visitor.check()
    visitor.go("/{lang}/accounts/2fa/totp/activate/")
    if "reauthenticate" in page.url:
        page.fill("[name=password]", PASSWORD)
        visitor.submit()
    visitor.check()
    page.fill("[name=code]", code_of(page.input_value("#authenticator_secret")))
    visitor.submit()
    assert "activate" not in page.url, page.locator("main").inner_text()


def do_allocation(officer, approver) -> None:
    officer.go("/{lang}/space/desk/calls/" + CALL + "/")
    officer.check()
    officer.submit(within="form[action$='/run/']")
    for step in ("confirm", "publish"):
        approver.go("/{lang}/space/desk/calls/" + CALL + "/")
        approver.check()
        approver.submit(within=f"form[action$='/{step}/']")


#: What anybody may read.
PUBLIC = re.compile(r"^/(ko|en)/(calls/[\w-]+/|calls/|space/|accounts/.*|account/demo/.*|account/invitation/.*)?$")
#: What everybody has one of.
OWN = re.compile(
    r"^/(ko|en)/(my|my/applications|desk|desk/calls|review|space/mine|account|account/organisations(/new)?)/$"
)


def assert_strangers_see_nothing(visit, addresses: set[str]) -> None:
    """Nobody in particular, and somebody with another company, at every address that was not public."""
    passer, other = visit(), visit()
    other.enter_as("foreign")
    closed = sorted(path for path in addresses if not PUBLIC.match(path))
    assert len(closed) > 15
    for path in closed:
        passer.go_to(path)
        assert "/accounts/login/" in passer.page.url, path
        status = other.go_to(path)
        shown = urlsplit(other.page.url).path
        assert OWN.match(path) or PUBLIC.match(shown) or status in (403, 404), f"{path} answered {status} to a stranger"
        assert "느티나무체인" not in other.page.locator("main").inner_text(), path
