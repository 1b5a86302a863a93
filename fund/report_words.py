"""Why a cell or a file of a managers' report is refused, in words: what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.workbook.cells import Bad

REASONS: Mapping[str, Promise] = {
    # the file
    "unreadable": _("파일을 읽을 수 없습니다. 내려받은 양식에 적어 .xlsx로 저장한 뒤 다시 올려 주십시오."),
    "too_large": _("파일에 든 내용이 너무 많습니다. 양식에 없는 시트와 그림을 지우고 다시 올려 주십시오."),
    "macros": _("매크로가 든 파일은 받지 않습니다. .xlsx로 저장한 뒤 다시 올려 주십시오."),
    "no_sheet": _("‘%(sheet)s’ 시트가 없습니다. 내려받은 양식을 그대로 써 주십시오."),
    "header": _("첫 줄의 제목이 양식과 다릅니다. ‘%(header)s’이어야 합니다. 내려받은 양식을 그대로 써 주십시오."),
    "layout": _("양식의 판이 다릅니다(지금은 %(version)s판). 새 양식을 내려받아 옮겨 적어 주십시오."),
    "too_many_rows": _("한 파일에 %(most)s행까지 적을 수 있습니다. 아래쪽의 빈 행도 지워 주십시오."),
    "not_quarter_end": _("분기의 마지막 날이 아닙니다. 표지는 내려받은 양식대로 두어 주십시오."),
    "other_fund": _("다른 자펀드(%(fund)s)의 양식입니다. 이 자펀드의 양식에 적어 주십시오."),
    "other_quarter": _("다른 분기(%(end)s)의 양식입니다. 이 분기의 양식에 적어 주십시오."),
    # a cell
    "missing": _("빈칸입니다. 채워 주십시오."),
    "formula": _("수식의 값이 저장되어 있지 않습니다. 값을 직접 적거나, 스프레드시트에서 열어 계산한 뒤 저장해 주십시오."),
    "error_value": _("오류 값(%(value)s)입니다. 바른 값으로 고쳐 주십시오."),
    "date_for_number": _("날짜가 적혀 있습니다. 금액을 숫자로 적어 주십시오."),
    "text_for_number": _("글자가 적혀 있습니다. 쉼표와 단위 없이 숫자로 적어 주십시오."),
    "negative": _("0보다 작은 금액은 적을 수 없습니다."),
    "too_big": _("금액이 너무 큽니다. 단위가 맞는지 확인해 주십시오."),
    "not_whole": _("소수점 아래 자리가 너무 많습니다. 이 통화는 소수점 아래 %(places)s자리까지입니다."),
    "number_for_date": _("숫자가 적혀 있습니다. 날짜 형식으로 적어 주십시오."),
    "text_for_date": _("글자로 적은 날짜입니다. 날짜 형식(예: 2026-03-31)으로 적어 주십시오."),
    "strange_date": _("있을 수 없는 연도입니다. 날짜를 확인해 주십시오."),
    "number_for_text": _("글자가 들어갈 칸입니다. 글로 적어 주십시오."),
    "too_long": _("너무 깁니다. %(most)s자까지 적을 수 있습니다."),
    "unknown_choice": _("목록에 없는 값입니다. 다음에서 골라 주십시오: %(choices)s"),
    # a row
    "twice": _("%(row)s행과 번호가 같습니다. 한 번만 적어 주십시오."),
    "unknown_asset": _("이 자펀드가 분기말에 보유한 자산의 번호가 아닙니다. 양식의 번호를 바꾸지 말아 주십시오."),
    "asset_ended": _("이미 회수했거나 전액 감액한 자산입니다. 평가를 바꾸지 않습니다."),
    "being_judged": _("승인했거나 투자심의에 올린 평가입니다. 바꾸려면 투자운용 담당에게 알려 주십시오."),
    "outside_quarter": _("이 분기의 날짜가 아닙니다. %(first)s부터 %(last)s까지의 날짜를 적어 주십시오."),
    "zero": _("금액은 0보다 커야 합니다."),
    "no_period": _("관리보수에만 적는 칸입니다. 비워 주십시오."),
    "wrong_order": _("마지막 날이 첫날보다 앞섭니다."),
    "before_formed": _("조합이 결성된 날(%(first)s)부터 적을 수 있습니다."),
    "voucher_taken": _("같은 번호의 전표가 다른 내용으로 이미 있습니다. 번호를 확인하거나, 고치려면 투자운용 담당에게 반려를 요청해 주십시오."),
    "too_many_fees": _("관리보수는 한 파일에 %(most)s행까지 적을 수 있습니다."),
    "charged": _("이 기간의 관리보수는 이미 기안했거나 지급했습니다."),
    "no_fee": _("규약에 따르면 이 기간에는 관리보수가 없습니다."),
    "left_out_asset": _("보유한 자산 ‘%(name)s’의 행이 없습니다. 양식의 행을 지우지 말아 주십시오."),
    "left_out_figure": _("‘%(name)s’ 행이 없습니다. 양식의 행을 지우지 말아 주십시오."),
}  # fmt: skip


def told(code: str, params: Mapping[str, Any]) -> str:
    """The sentence in the reader's language."""
    return str(REASONS[code]) % params


def told_of(bad: Bad) -> str:
    """The sentence, with the cell where there is one."""
    sentence = told(bad.code, bad.params)
    return f"{bad.cell}: {sentence}" if bad.cell else sentence


def in_both(code: str, params: Mapping[str, Any]) -> str:
    """Korean, then English: a file goes from hand to hand."""
    said: list[str] = []
    for language in ("ko", "en"):
        with translation.override(language):
            said.append(told(code, params))
    return " · ".join(said)


def by_row(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """The reasons of a check's result by sheet and row, in both languages."""
    made: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for row in rows:
        for why in row["why"]:
            sentence = in_both(why["code"], why["params"])
            made.setdefault((row["sheet"], row["row"]), []).append((why["cell"], sentence))
    return made
