"""Look-through as the shell shows it: figures, a small picture, the table that says the same, and rows for a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fund import charts, tables
from fund.deal_tables import known
from fund.models import Programme
from fund.public_tables import Picture, brief
from fund.queries.companies import Jobs, JobsMeasured
from fund.queries.exposure import Exposure, LookThrough, Standing
from portal.core.periods import SEOUL
from portal.core.ui import parts
from portal.core.ui.parts import Column, Figure, Table

#: The picture shows the largest; the table has all.
DRAWN = 12


def cut(amount: Fraction) -> int:
    """Whole won, cut towards nothing."""
    return int(amount)


def figures(found: LookThrough) -> list[Figure]:
    """What the net assets are made of, and how many companies have to do with the hubs."""
    note = _("가장 오래된 평가일 %(day)s") % {"day": tables.day(found.oldest)} if found.oldest else ""
    return [
        Figure(_("순자산"), brief(found.nav), note=note),
        Figure(_("기업에 투자된 금액"), brief(cut(found.whole))),
        Figure(_("현금과 그 밖의 것"), brief(found.rest)),
        Figure(_("서울시 몫"), brief(cut(found.city)), note=_("약정 비율로 나눈 값")),
        Figure(_("보유 기업"), len(found.rows), pgettext("단위", "개")),
        _answered(_("투자 때 입주기업"), [row.standing.tenant_at_investment for row in found.rows]),
        _answered(_("지금 입주기업"), [row.standing.tenant_now for row in found.rows]),
        _answered(_("졸업기업"), [row.standing.graduate for row in found.rows]),
    ]


def _answered(label: str, answers: Sequence[bool | None]) -> Figure:
    unknown = answers.count(None)
    note = _("확인 불가 %(unknown)s개") % {"unknown": unknown} if unknown else ""
    return Figure(label, answers.count(True), pgettext("단위", "개"), note=note)


def jobs(found: JobsMeasured) -> list[Figure]:
    """People employed now, beside those at the first investment; companies nobody can answer for are told apart."""
    rows = (
        (_("고용 전체"), found.full), (_("지분율로 센 고용"), found.owned), (_("서울시 몫으로 센 고용"), found.city)
    )  # fmt: skip
    return [Figure(label, _people(one.after), pgettext("단위", "명"), note=_jobs_note(one)) for label, one in rows]


def _people(number: Fraction) -> str:
    """Whole people, or to one decimal, cut."""
    tenths = number.numerator * 10 // number.denominator
    return f"{tenths // 10:,}" if tenths % 10 == 0 else f"{tenths // 10:,}.{tenths % 10}"


def _jobs_note(one: Jobs) -> str:
    told = _("투자 때 %(before)s명") % {"before": _people(one.before)}
    unknown = _("확인 불가 %(unknown)s개") % {"unknown": one.unknown}
    return f"{told} · {unknown}" if one.unknown else told


def picture(programme: Programme, found: LookThrough) -> Picture:
    """The largest companies: what the programme and the City own of each."""
    shown = [row for row in found.rows if row.whole][:DRAWN]
    says = _("금액이 큰 기업부터 펀드 전체의 몫과 서울시 몫을 나란히 그린 그림입니다. 아래 표와 같은 내용입니다.")
    key = [("in", _("펀드 전체")), ("out", _("서울시 몫"))]
    drawn = charts.chart([[("in", cut(row.whole)), ("out", cut(row.city))] for row in shown])
    return Picture(f"exposure-{programme.code}", _("기업별 투자"), says, drawn, key, table(found))


def table(found: LookThrough) -> Table:
    """Every company held, the largest first."""
    return Table(
        caption=_("기업별 투자"),
        columns=[
            Column(_("기업")),
            Column(_("자펀드")),
            Column(_("첫 투자일")),
            Column(_("취득원가"), number=True),
            Column(_("장부 가치"), number=True),
            Column(_("순자산 비중"), number=True),
            Column(_("서울시 몫"), number=True),
            Column(_("입주와 졸업")),
        ],
        rows=[_row(row, found.nav) for row in found.rows],
        foot=[
            _("합계"), "", "", tables.money(sum(row.cost for row in found.rows)), tables.money(cut(found.whole)),
            _percent(found.whole, found.nav), tables.money(cut(found.city)), "",
        ] if found.rows else [],
        empty=_("이 날 보유한 기업이 없습니다."),
    )  # fmt: skip


def _row(row: Exposure, nav: int) -> list[object]:
    return [
        parts.link(str(row.company), reverse("fund:company", args=[row.company.public_id])),
        ", ".join(map(str, row.sub_funds)),
        tables.day(row.first),
        tables.money(row.cost),
        tables.money(cut(row.whole)),
        _percent(row.whole, nav),
        tables.money(cut(row.city)),
        _standing(row.standing),
    ]


def _standing(found: Standing) -> str:
    """The three answers in one cell; once when nobody could say any of them."""
    answers = (found.tenant_at_investment, found.tenant_now, found.graduate)
    if answers == (None, None, None):
        return known(None)
    names = (_("투자 때 %(answer)s"), _("지금 %(answer)s"), _("졸업 %(answer)s"))
    return " · ".join(name % {"answer": known(answer)} for name, answer in zip(names, answers, strict=True))


def _percent(part: Fraction, nav: int) -> str:
    return tables.percent(cut(part), nav) if nav > 0 else "–"


#: The columns of the file, in the words of the code: it is read by machines.
FILE = (
    "company", "sub_funds", "first_investment", "cost_krw", "exposure_krw", "city_krw", "tenant_at_investment",
    "tenant_now", "graduate", "as_of", "known_at",
)  # fmt: skip


def file_rows(found: LookThrough, on: date, known_at: datetime) -> list[list[object]]:
    """The same rows for a file; what is unknown is ``unknown``, never ``no``. The last is cash and the rest."""
    dates = [on.isoformat(), known_at.astimezone(SEOUL).isoformat()]
    words = {True: "yes", False: "no", None: "unknown"}
    rows: list[list[object]] = [
        [
            row.company.name_ko, " ".join(one.code for one in row.sub_funds), row.first.isoformat(), row.cost,
            cut(row.whole), cut(row.city), words[row.standing.tenant_at_investment], words[row.standing.tenant_now],
            words[row.standing.graduate], *dates,
        ]
        for row in found.rows
    ]  # fmt: skip
    return [*rows, ["(cash and other)", "", "", "", found.rest, "", "", "", "", *dates]]
