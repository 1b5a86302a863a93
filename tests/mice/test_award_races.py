"""One edition, one envelope, two hands at the same second, on real connections with real commits."""

from collections import Counter

import pytest

from portal.mice import services
from portal.mice.models import Award, BudgetEnvelope, EditionMatch, EventEdition, Posting
from tests.factories import support as make
from tests.factories.support import MILLION, NOW
from tests.tenancy.test_races import at_once

pytestmark = pytest.mark.usefixtures("committed_db")


def counted(outcomes):
    return Counter(kind for kind, _ in outcomes)


def deciding(run, edition, millions):
    application = make.selected(run).application
    fresh = EventEdition.objects.get(pk=edition.pk)
    return lambda: (
        services.decide_award(
            application=application,
            edition=fresh,
            envelope=run.envelope,
            lines=make.lines(millions),
            by=run.approver,
            now=NOW,
        ).amount
    )


def used():
    return (
        sum(EventEdition.objects.values_list("committed", flat=True)),
        sum(BudgetEnvelope.objects.values_list("committed", flat=True)),
        sum(Award.objects.exclude(status="CANCELLED").values_list("amount", flat=True)),
    )


@pytest.mark.parametrize("attempt", range(3))
def test_host_and_pco_ask_for_one_edition_under_two_programmes(attempt):
    edition, one, other = make.edition(), make.support(), make.support()
    outcomes = at_once(deciding(one, edition, 60), deciding(other, edition, 50))
    assert counted(outcomes) == {"done": 1, "refused": 1}
    (lost,) = [text for kind, text in outcomes if kind == "refused"]
    won = next(amount for kind, amount in outcomes if kind == "done") // MILLION
    assert f"남은 한도는 {100 - won},000,000원" in lost
    assert used() == (won * MILLION,) * 3


def test_twenty_editions_out_of_one_envelope():
    run = make.support(100 * MILLION, quota=20)
    outcomes = at_once(*[deciding(run, make.edition(), 30) for _ in range(12)])
    assert counted(outcomes) == {"done": 3, "refused": 9}
    assert used() == (90 * MILLION,) * 3


@pytest.mark.parametrize("attempt", range(3))
def test_a_change_upward_against_a_new_award(attempt):
    edition, one, other = make.edition(), make.support(), make.support()
    held = make.agreed(one, edition, 60)
    asked = services.request_amendment(
        award=held, lines=make.lines(90), reason="연사 추가", by=make.master(held), now=NOW
    )
    outcomes = at_once(
        lambda: services.approve_amendment(amendment=asked, by=one.approver, now=NOW).amount,
        deciding(other, edition, 40),
    )
    assert counted(outcomes) == {"done": 1, "refused": 1}
    assert used() in {(90 * MILLION,) * 3, (100 * MILLION,) * 3}


def test_one_tranche_paid_by_three_clicks():
    run = make.support()
    award = make.agreed(run, make.edition(), 60)
    tranche = services.prepare_tranche(award=award, stage="ADVANCE", by=run.officer)

    def pay(number):
        mine = type(tranche).objects.select_related("award").get(pk=tranche.pk)
        return lambda: (
            services.pay_tranche(tranche=mine, by=run.approver, bank_ref=f"B-{number}", on=NOW.date(), now=NOW).amount
        )

    outcomes = at_once(*[pay(number) for number in range(3)])
    assert counted(outcomes) == {"done": 1, "refused": 2}
    assert [posting.amount for posting in Posting.objects.all()] == [30 * MILLION]


def test_a_stage_is_prepared_once():
    run = make.support()
    award = make.agreed(run, make.edition(), 60)
    outcomes = at_once(*[lambda: services.prepare_tranche(award=award, stage="ADVANCE", by=run.officer).amount] * 3)
    assert counted(outcomes) == {"done": 1, "refused": 2}


@pytest.mark.parametrize("attempt", range(3))
def test_a_match_opened_while_an_award_is_decided(attempt):
    """Whichever is first: an award on an edition in question was decided before it came into question."""
    edition, run = make.edition(venue="코엑스"), make.support()
    series = make.edition().event

    def enter():
        return services.enter_edition(
            event=series,
            host=edition.host,
            title="이름을 바꾼 행사",
            venue="코엑스",
            starts_on=edition.starts_on,
            ends_on=edition.ends_on,
            cap=100 * MILLION,
            by=run.officer,
        ).cap

    outcomes = at_once(enter, deciding(run, edition, 60))
    assert outcomes[0][0] == "done"
    assert EditionMatch.objects.get().first == edition
    assert outcomes[1][0] in {"done", "refused"}


def test_two_audits_of_one_invoice(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    run = make.support(required_onsite=0, required_foreign=0)
    first, second = (make.held(run, make.edition(), 60) for _ in range(2))
    paper = make.evidence(first, MILLION)
    reports = [make.reported(run, award, make.spent(award, MILLION, evidence=paper)) for award in (first, second)]

    def audit(report):
        mine = type(report).objects.select_related("award__programme").get(pk=report.pk)
        return lambda: services.audit_report(report=mine, by=run.officer, now=NOW).recognised

    outcomes = at_once(*[audit(report) for report in reports])
    assert outcomes == [("done", MILLION), ("done", 0)]
    paper.refresh_from_db()
    assert paper.claimed == MILLION


def test_a_repayment_booked_by_two_hands(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    run = make.support(required_onsite=0, required_foreign=0, support_rate_bp=8_000)
    award = make.held(run, make.edition(), 60)
    make.settled(run, award, make.spent(award, 20 * MILLION))
    services.demand_repayment(award=award, by=run.approver)

    def receive(number):
        return lambda: (
            services.receive_repayment(
                award=award,
                principal=14 * MILLION,
                interest=0,
                bank_ref=f"R-{number}",
                on=NOW.date(),
                by=run.approver,
                now=NOW,
            ).status
        )

    assert counted(at_once(receive(1), receive(2))) == {"done": 1, "refused": 1}
    award.refresh_from_db()
    assert (award.status, award.paid - award.repaid) == ("CLOSED", 16 * MILLION)
