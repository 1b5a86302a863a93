"""What must hold at the end of the fund's rehearsal, each from the tables alone: the invariants of the books and the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F, Sum

from fund import capital, queries
from fund.enums import Account, PartnerRole
from fund.models import (
    CallShare,
    CapitalCall,
    Commitment,
    Distribution,
    Duty,
    DutyTest,
    Entry,
    Holding,
    Posting,
    Settlement,
    Snapshot,
)
from fund.registry import EVENT_TYPES
from fund.rehearsal import stakes, statements
from fund.rehearsal.life import RATE
from ledger import log
from portal.core.rehearsals import Outcome, Say

if TYPE_CHECKING:
    from fund.rehearsal.life import Life

_LAST = date(2026, 6, 30)
#: Steps for which the room has no service yet.
_NOT_YET = {"fund.commitment.fulfilled", "fund.distribution.reworked"}


def leaves() -> int:
    """How many leaves there are before the play."""
    return _one("SELECT coalesce(max(id), 0) FROM ledger_record")


def _one(statement: str, *values: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return int(row[0])


def outcome(life: Life, began: int, say: Say) -> Outcome:
    """Counts and violations of the years that were lived, and the ledger published."""
    settled = log.settle()
    say(f"ledger: {settled.size} leaves; python -m ledger.verify audit {settled.public} --policy {settled.policy}")
    programme = life.programme
    counts = {
        "sub-funds": programme.sub_funds.filter(closes__isnull=False).distinct().count(),
        "companies": programme.companies.count(),
        "hub tenants": life.tenants,
        "calls": CapitalCall.objects.filter(sub_fund__programme=programme).count(),
        "distributions": Distribution.objects.filter(sub_fund__programme=programme).count(),
        "settlements": Settlement.objects.filter(sub_fund__programme=programme).count(),
        "entries": Entry.objects.filter(book__programme=programme).count(),
        "leaves": _one("SELECT count(*) FROM ledger_record WHERE id > %s", began),
    }
    violations = [sentence for look in CHECKS for sentence in look(life)]
    return Outcome(counts, violations + list(_all_happened(began)))


def _balanced(life: Life) -> Iterator[str]:
    lame = _one(
        "SELECT count(*) FROM (SELECT p.entry_id FROM fund_posting p JOIN fund_book b ON b.id = p.book_id"
        " WHERE b.programme_id = %s GROUP BY p.entry_id, p.currency, p.account >= 9000"
        " HAVING sum(p.amount) <> 0) AS lame",
        life.programme.pk,
    )
    if lame:
        yield f"{lame} entries do not balance"


def _unfunded(life: Life) -> Iterator[str]:
    for one in Commitment.objects.filter(sub_fund__programme=life.programme, close__isnull=False):
        if not 0 <= one.unfunded <= one.amount:
            yield f"{one} has {one.unfunded} unfunded of {one.amount}"
        found = Posting.objects.filter(
            book__sub_fund=one.sub_fund_id, account=Account.UNFUNDED, partner=one.partner_id
        ).aggregate(total=Sum("amount", default=0))["total"]
        if -found != one.unfunded:
            yield f"{one}: {one.unfunded} unfunded, {-found} in the books"


def _shares(life: Life) -> Iterator[str]:
    for call in CapitalCall.objects.filter(sub_fund__programme=life.programme).exclude(issued_at=None):
        shares = list(call.shares.filter(revision=call.revision))
        asked = sum(line.amount for line in call.lines.filter(revision=call.revision))
        if sum(share.amount for share in shares) != asked:
            yield f"{call}: shares do not sum to {asked}"
    for share in CallShare.objects.filter(
        call__sub_fund__programme=life.programme, paid__gt=F("inside") + F("outside")
    ):
        yield f"{share} took more than it asked"


def _lots(life: Life) -> Iterator[str]:
    for holding in Holding.objects.filter(sub_fund__programme=life.programme).annotate(
        cost=Sum("lots__cost", default=0)
    ):
        booked = queries.values.balances_of(holding).get(Account.INVESTMENTS, 0)
        if booked != holding.cost:
            yield f"{holding} costs {booked} in the books"


def _cap(life: Life) -> Iterator[str]:
    programme = life.programme
    programme.refresh_from_db()
    fits = capital.city_share_ok(programme.city_committed, programme.total_committed, programme.cap_bp)
    if not fits and programme.cap_breach is None:
        yield "the City is above its cap without a breach"


def _values(life: Life) -> Iterator[str]:
    now = Snapshot.objects.filter(programme=life.programme).order_by("-number").first()
    assert now is not None
    parts = queries.pooled.partner_values(life.programme, on=_LAST, known=now.known_at)
    sums = queries.pooled.sums(life.programme, on=_LAST, known=now.known_at, currency="KRW")
    if sum(parts.values()) != sum(one.nav for one in sums.values()):
        yield "partners' parts are not the net assets"
    for pk, one in sums.items():
        fund = life.programme.sub_funds.get(pk=pk)
        found = queries.flows.performance_of(fund, on=_LAST).multiples
        if found.tvpi is not None and found.tvpi != (found.dpi or Fraction(0)) + (found.rvpi or Fraction(0)):
            yield f"{fund}: TVPI is not DPI + RVPI"
        held = sum(value.carried for value in queries.values.values(fund, on=_LAST))
        other = sum(one.accounts.get(a, 0) for a in queries.flows.NET_ASSETS if a not in _CARRIED)
        if held + other != one.nav:
            yield f"{fund}: holdings and cash are not its net assets"


_CARRIED = (Account.INVESTMENTS, Account.ALLOWANCE, Account.UNREALISED)


def _waterfalls(life: Life) -> Iterator[str]:
    for row in Distribution.objects.filter(sub_fund__programme=life.programme):
        given = sum(share.amount for share in row.shares.all()) + int(row.run["carry"])
        if given != row.amount:
            yield f"{row} gives {given} of {row.amount}"
    paid = Posting.objects.filter(book__programme=life.programme, account=Account.CARRY_PAID)
    for line in paid.values("book").annotate(total=Sum("amount")):
        if line["total"] < 0:
            yield f"book {line['book']} gives back more carry than was paid"


def _first_losses(life: Life) -> Iterator[str]:
    for row in Settlement.objects.filter(sub_fund__programme=life.programme, kind="FIRST_LOSS"):
        steps = dict(row.run["steps"])
        if row.amount > steps["first_loss_limit"]:
            yield f"{row} passes its limit"
        if sum(amount for _pk, amount in row.run["moved"]):
            yield f"{row} makes or loses money"


def _frozen(life: Life) -> Iterator[str]:
    for row in Snapshot.objects.filter(programme=life.programme).select_related("programme"):
        if queries.snapshots.rebuilt(row) != row.body:
            yield f"snapshot {row.number} does not rebuild"


def _two_persons(life: Life) -> Iterator[str]:
    alone = _one(
        "SELECT count(*) FROM fund_ballot b JOIN fund_seat s ON s.id = b.seat_id JOIN fund_motion m ON m.id = s.motion_id"
        " WHERE m.programme_id = %s AND s.status = 'RECUSED' AND b.voided_at IS NULL",
        life.programme.pk,
    )
    if alone:
        yield f"{alone} ballots of recused members count"
    if life.programme.partners.filter(role=PartnerRole.CITY).count() != 1:
        yield "the City is not one partner"


def _duties(life: Life) -> Iterator[str]:
    """Every clock that is over was closed once, as what was counted says, and both ends happened."""
    rows = Duty.objects.filter(sub_fund__programme=life.programme, deadline_date__lte=_LAST)
    finals = DutyTest.objects.filter(duty__in=rows, kind="FINAL").values_list("standing", flat=True)
    if len(finals) != rows.count() or rows.filter(status="OPEN").exists():
        yield "a clock is over and was not closed once"
    if set(finals) != {"met", "breached"}:
        yield f"of met and breached only {sorted(set(finals))} happened"
    if not DutyTest.objects.filter(duty__in=rows, kind="WARNING").exists():
        yield "nobody was warned of a clock"


def _all_happened(began: int) -> Iterator[str]:
    """Every event of the room at least once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT split_part(convert_from(leaf, 'UTF8')::jsonb ->> 'type', '/', 1) FROM ledger_record WHERE id > %s",
            [began],
        )
        seen = {row[0] for row in cursor.fetchall()}
    for event in EVENT_TYPES:
        if event.name not in seen | _NOT_YET:
            yield f"{event.name} never happened"


def _once(life: Life) -> Iterator[str]:
    yield from stakes.violations(life.programme, _LAST)


def _told(life: Life) -> Iterator[str]:
    yield from statements.violations(life.programme)


def _currencies(life: Life) -> Iterator[str]:
    """Each sub-fund's books keep to its currency; the City's commitments and all count in won, at the rate of their close."""
    funds = life.programme.sub_funds.filter(closes__isnull=False).distinct()
    if {one.currency for one in funds} != {"KRW", "USD"}:
        yield "no sub-fund is in dollars"
    of_programme = Posting.objects.filter(book__programme=life.programme)
    if strange := of_programme.exclude(currency=F("entry__sub_fund__currency")).count():
        yield f"{strange} postings are in another currency than their sub-fund"
    rows = Commitment.objects.filter(sub_fund__in=funds, close__isnull=False, sub_fund__currency="USD")
    for one in rows.select_related("close__sub_fund"):
        assert one.close is not None
        if one.close.in_won(one.amount) * 100 != one.amount * RATE:
            yield f"{one} is not worth what its close says"


CHECKS: tuple[Callable[[Life], Iterator[str]], ...] = (
    _balanced, _unfunded, _shares, _lots, _cap, _values, _waterfalls, _first_losses, _frozen, _told, _once, _two_persons, _duties,
    _currencies,
)  # fmt: skip
