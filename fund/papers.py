"""What a partner is told, on paper: the notice of a capital call, of a distribution, its capital account."""

from __future__ import annotations

from django.utils.translation import gettext as _

from fund import statement_tables, tables
from fund.enums import StatementStatus
from fund.models import CallShare, CapitalStatement, DistributionShare
from ledger import log
from portal.core.papers import Paper, Part
from portal.core.ui.parts import Row


def asked(share: CallShare) -> list[Row]:
    """What a partner has to pay, and what may still be called before and after."""
    money = tables.spell_in(share.call.sub_fund.currency)
    return [
        Row(_("납입할 금액"), money(share.amount)),
        Row(_("약정 안"), money(share.inside)),
        Row(_("약정 별도"), money(share.outside)),
        Row(_("납입 기한"), tables.day(share.call.due_date)),
        Row(_("약정액"), money(share.commitment.amount)),
        Row(_("요청 전 미납입"), money(share.unfunded_before)),
        Row(_("요청 뒤 미납입"), money(share.unfunded_before - share.inside)),
        Row(_("납입한 금액"), money(share.paid)),
    ]


def call_notice(share: CallShare) -> Paper:
    """출자요청 통지 to one partner."""
    leaf = log.last_leaf_of(share) or log.last_leaf_of(share.call)
    assert leaf is not None  # a share is made when its call is issued, which is a leaf
    entry = log.printed(leaf)
    return Paper(
        title=_("출자요청 통지"),
        number=_("%(fund)s %(number)s차") % {"fund": share.call.sub_fund, "number": share.call.number},
        at=entry.at,
        to=str(share.commitment.partner),
        parts=[Part(_("요청한 금액"), asked(share))],
        entry=entry,
    )


def distributed(share: DistributionShare) -> list[Row]:
    """What a partner got, and how much of it returns capital."""
    row = share.distribution
    money = tables.spell_in(row.sub_fund.currency)
    return [
        Row(_("받을 금액"), money(share.amount)),
        Row(_("그 가운데 원금"), money(share.capital)),
        Row(_("배분일"), tables.day(row.on_date)),
        Row(_("종류"), row.get_kind_display()),
        Row(_("약정액"), money(share.commitment.amount)),
    ]


def distribution_notice(share: DistributionShare) -> Paper:
    """배분 통지 to one partner."""
    row = share.distribution
    leaf = log.last_leaf_of(share) or log.last_leaf_of(row)
    assert leaf is not None  # a distribution that was paid has leaves
    entry = log.printed(leaf)
    return Paper(
        title=_("배분 통지"),
        number=_("%(fund)s %(number)s차") % {"fund": row.sub_fund, "number": row.number},
        at=entry.at,
        to=str(share.commitment.partner),
        parts=[Part(_("배분한 금액"), distributed(share))],
        entry=entry,
    )


def statement(row: CapitalStatement) -> Paper:
    """자본계정 명세서 of one partner and quarter. One that was replaced says so and by which."""
    leaf = log.last_leaf_of(row)
    assert leaf is not None  # a statement is issued by a leaf
    table, facts = statement_tables.account(row), statement_tables.facts(row)  # the first says whose, as the paper does
    return Paper(
        title=_("자본계정 명세서"),
        number=str(row)
        if row.version == 1
        else _("%(number)s (제%(version)s판)") % {"number": row, "version": row.version},
        at=row.issued_at,
        to=statement_tables.partner(row),
        parts=[
            *_standing(row),
            Part(_("명세서"), [*facts[1:], *statement_tables.committed(row), Row(_("내용의 해시"), row.digest)]),
            Part(
                _("자본계정"),
                columns=[column.label for column in table.columns],
                lines=[[str(cell) for cell in line] for line in (*table.rows, table.foot)],
            ),
        ],
        entry=log.printed(leaf),
        closing=_(
            "항목은 ILPA 보고 양식 2.0을 따르고 배치는 마당의 것입니다. 출자자에게 비용이 되는 금액은 음수로 적습니다."
        ),
    )


def _standing(row: CapitalStatement) -> list[Part]:
    if row.status == StatementStatus.ISSUED:
        return []
    return [
        Part(
            _("대체된 명세서"),
            text=[
                _("이 명세서는 %(number)s호로 바로잡았습니다. 새 명세서를 써 주십시오.") % {"number": row.replaced_by}
            ],
        )
    ]
