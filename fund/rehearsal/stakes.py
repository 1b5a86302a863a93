"""One sub-fund of the rehearsal takes a stake in another, settles with those who were there, and gets its part back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fund import queries, services
from fund.models import Programme, SubFund
from fund.rehearsal.life import Life, at

_MILLION = 1_000_000
_DAY, _CLOSE, _PAID = date(2023, 7, 3), date(2023, 7, 10), date(2023, 9, 4)


def play(life: Life, holder: SubFund, held: SubFund) -> None:
    """Recorded with a slip of the pen and withdrawn, recorded again, signed, closed; then a call and a distribution."""
    wrong = services.record_stake(holder=holder, held=held, units=4_000, by=life.manager, now=at(_DAY))
    services.withdraw_commitment(commitment=wrong, by=life.manager, reason="좌수를 잘못 적었습니다")
    stake = services.record_stake(holder=holder, held=held, units=400, by=life.manager, now=at(_DAY))
    services.sign_commitment(commitment=stake, by=life.approver, now=at(_DAY))
    services.hold_close(sub_fund=held, on=_CLOSE, by=life.approver, now=at(_CLOSE))
    life.pay(life.ask(held, 200 * _MILLION, _CLOSE), _CLOSE)
    life.distribute(held, 150 * _MILLION, _PAID)


def violations(programme: Programme, on: date) -> Iterator[str]:
    """No won behind the programme counts twice."""
    known = at(date(2026, 7, 31))
    found = queries.exposure.look_through(programme, on=on, known=known)
    if found.whole + found.rest != found.nav:
        yield f"{found.whole} in companies and {found.rest} beside are not the net assets of {found.nav}"
    between = queries.stakes.stakes(programme, on=on, known=known)
    if not between:
        yield "no sub-fund holds another"
    own = sum(one.own_nav for one in queries.pooled.sums(programme, on=on, known=known, currency="KRW").values())
    if own != found.nav:
        yield f"the sub-funds own {own}, the look-through sees {found.nav}"
