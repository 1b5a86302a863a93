"""The duties of a rehearsal: the City's rules of 2019 on every sub-fund; some are met, one is missed, one is let go; and what the City plans to pay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from fund import services
from fund.models import Duty, SubFund
from fund.rehearsal.life import Life, at

#: The investment period: four years from the announcement's first of March.
START, END = date(2019, 3, 1), date(2023, 3, 1)
#: What the City meant to pay in by year, of its 13.6 billion won.
_PLAN = (
    (2019, 4_000_000_000),
    (2020, 3_000_000_000),
    (2021, 3_000_000_000),
    (2022, 2_000_000_000),
    (2023, 1_600_000_000),
)
_SOURCE = "2019년 블록체인 펀드 출자 공고 제5조(예행)"
_LAW = "벤처투자 촉진에 관한 법률의 투자의무(예행)"


def bind(life: Life, funds: Sequence[SubFund]) -> None:
    """Half of the City's money into companies in Seoul and a fifth into blockchain; the last owes more than it can do.

    The manager of the first owes by law two fifths of all its funds to start-ups, ventures and projects.
    """
    for number, fund in enumerate(funds):
        hard = number == len(funds) - 1
        _set(life, fund, predicate="SEOUL", bp=50_000 if hard else 5_000)
        _set(life, fund, predicate="SECTOR", sectors=["블록체인", "핀테크"], bp=2_000)
    _set(life, funds[0], predicate="HUB", base="FUND", bp=9_000, counted="NOW")
    _set(life, funds[0], predicate="STATUTE", base="MANAGER", bp=4_000, source=_LAW)
    for year, amount in _PLAN:
        services.set_call_plan(
            programme=life.programme, year=year, amount=amount, source="예산서(예행)", by=life.manager, now=at(START)
        )


def _set(life: Life, fund: SubFund, **asked: object) -> Duty:
    rule = {"base": "CITY", "counted": "INVESTMENT", "start": START, "deadline": END, "source": _SOURCE, **asked}
    return services.set_duty(sub_fund=fund, by=life.manager, now=at(START), **rule)


def play(life: Life, first: SubFund) -> None:
    """The job's nights: before the end, when it is over, and once more; the breach of the first is let go."""
    _ask(life, first, "FFFF")
    _ask(life, first, "AAFA", start=date(2022, 11, 1))
    for night in (date(2022, 9, 15), END, END):
        services.follow_duties(now=at(night))
    missed = first.duties.get(predicate="HUB")
    services.waive_duty(
        duty=missed, by=life.approver, now=at(date(2023, 4, 3)), reason="입주기업이 적어 규약을 고치기로 했습니다"
    )


def _ask(life: Life, fund: SubFund, letters: str, start: date = date(2022, 6, 1)) -> None:
    """The committee is asked to let the duty to blockchain go for two months, and says yes or no."""
    now = at(date(2022, 5, 16))
    waiver = services.table_waiver(
        duty=fund.duties.get(predicate="SECTOR"), start=start, until=start + timedelta(days=61),
        reason="투자할 만한 기업이 다음 분기에 나옵니다", by=life.manager, now=now,
    )  # fmt: skip
    life.vote(waiver.motion, now.date(), letters)
    services.settle_waiver(waiver=waiver, by=life.approver, now=now)
