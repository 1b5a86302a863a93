"""Sample data of the style page: each component with every state it has."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.periods import SEOUL
from portal.core.ui import fields, parts

NOW = datetime(2019, 12, 9, 14, 3, 27, tzinfo=SEOUL)
ICONS = [
    *("search", "user", "globe", "home", "calendar", "file", "download", "upload", "print", "help", "info", "success"),
    *("warning", "danger", "plus", "delete", "go", "display", "setting", "logout", "login", "bell", "filter", "share"),
    *("email", "call", "close", "more", "check", "arrow", "lock", "brand"),
]
DIGEST = "9f2c4e1ab07d5538c6e1d0f4b7a29c8830b1e6d57f4a2c9918e3b5d6047fa1c2"


class SampleForm(forms.Form):
    """One field of every kind."""

    company = forms.CharField(label=gettext_lazy("기업명"), max_length=80)
    number = forms.CharField(
        label=gettext_lazy("사업자등록번호"),
        help_text=gettext_lazy("숫자 10자리. 예: 120-81-47521"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
    )
    rent = fields.WonField(label=gettext_lazy("월 매출액"), required=False)
    founded = forms.DateField(label=gettext_lazy("설립일"), widget=fields.DateInput)
    track = forms.ChoiceField(
        label=gettext_lazy("모집부문"),
        widget=forms.RadioSelect,
        choices=[("domestic", gettext_lazy("국내기업")), ("foreign", gettext_lazy("해외기업"))],
    )
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("필요한 공간"),
        required=False,
        help_text=gettext_lazy("해당하는 것을 모두 고르십시오."),
        widget=forms.CheckboxSelectMultiple,
        choices=[("four", gettext_lazy("4인실")), ("eight", gettext_lazy("8인실"))],
    )
    hub = forms.ChoiceField(
        label=gettext_lazy("희망 거점"),
        choices=[
            ("", gettext_lazy("고르십시오")),
            ("mapo", gettext_lazy("마포 서울창업허브")),
            ("gaepo", gettext_lazy("개포 디지털혁신파크")),
        ],
    )
    plan = forms.CharField(label=gettext_lazy("사업 요약"), required=False, widget=forms.Textarea(attrs={"rows": 5}))
    paper = forms.FileField(
        label=gettext_lazy("사업계획서"), required=False, help_text=gettext_lazy("PDF, HWP, HWPX. 20MB까지.")
    )
    consent = forms.BooleanField(label=gettext_lazy("개인정보 수집과 이용에 동의합니다"))


class SampleFilter(forms.Form):
    """A filter bar."""

    q = forms.CharField(label=gettext_lazy("기업명"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("상태"), required=False, choices=[("", gettext_lazy("전체")), ("in", gettext_lazy("접수"))]
    )


def context(*, refused: bool, page: str | None) -> dict[str, Any]:
    """Everything the style page shows."""
    form = (
        SampleForm({"number": "120-81-47520", "rent": "12,500,000"})
        if refused
        else SampleForm(initial={"rent": 12_500_000})
    )
    if refused:
        form.add_error("number", _("검증번호가 맞지 않습니다. 사업자등록증의 번호를 다시 확인해 주십시오."))
    return {
        "form": form,
        "filter": SampleFilter(),
        "now": NOW,
        "icons": ICONS,
        "deadlines": [
            NOW + left for left in (timedelta(days=3, hours=4), timedelta(hours=5), timedelta(minutes=12), timedelta(0))
        ],
        "page": Paginator(range(400), 20).get_page(page or 7),
        "amount": 13_600_000_000,
        **_lists(),
        **_progress(),
    }


def _lists() -> dict[str, Any]:
    return {
        "rows": [
            parts.Row(_("기업명"), _("가온체인 주식회사"), "#summary"),
            parts.Row(_("설립일"), NOW.date().replace(year=2016), "#summary"),
            parts.Row(_("사업계획서"), "", "#summary", _("아직 올리지 않았습니다.")),
        ],
        "tasks": [
            parts.Task(_("기업 정보"), _("완료"), "success", "#tasks"),
            parts.Task(_("사업계획"), _("작성 중"), "info", "#tasks", _("14:03 저장됨")),
            parts.Task(_("첨부 서류"), _("시작 전"), "", "#tasks"),
            parts.Task(_("확인과 제출"), _("아직 할 수 없음"), "", "", _("앞의 세 가지를 마치면 열립니다.")),
        ],
        "table": parts.Table(
            caption=_("2019년 1차 모집, 평가 결과"),
            columns=[
                parts.Column(_("기업"), sort="name"),
                parts.Column(_("부문")),
                parts.Column(_("총점"), number=True, sort="-total"),
                parts.Column(_("월 임대료"), number=True),
                parts.Column(_("상태")),
            ],
            rows=[
                [parts.link(_("가온체인"), "#table"), _("국내기업"), "87.33", "151,200", parts.badge(_("선정"), "success")],
                [parts.link(_("누리노드"), "#table"), _("국내기업"), "74.10", "151,200", parts.badge(_("예비"), "warning")],
                [parts.link("Ledgerleaf Ltd", "#table"), _("해외기업"), "59.99", None, parts.badge(_("미선정"))],
            ],
            foot=[_("모두 3곳"), "", "", "302,400", ""],
            sorted_by="-total",
        ),
        "empty_table": parts.Table(caption=_("이의신청"), columns=[parts.Column(_("기업"))], rows=[]),
        "tabs": [
            parts.Tab(_("전체"), "#tabs", current=True, count=72),
            parts.Tab(_("심사 중"), "#tabs", count=40),
            parts.Tab(_("끝남"), "#tabs", count=0),
        ],
        "cards": [
            parts.Card(
                _("마포 서울창업허브"), "#cards", _("지하철역에서 걸어서 5분. 4인실과 8인실, 회의실 여섯 개."), _("입주 중"), "success",
                facts=[parts.Row(_("기업 공간"), _("23곳"))],
            ),
            parts.Card(_("개포 디지털혁신파크"), "#cards", _("넓은 작업 공간과 교육장."), _("준비 중"), "info", facts=[parts.Row(_("기업 공간"), _("50곳"))]),
            parts.Card(_("서울 글로벌 블록체인센터"), "", _("운동장 터에 새로 짓습니다. 지하 2층, 지상 5층."), _("계획"), "", facts=[parts.Row(_("기업 공간"), _("120곳"))]),
        ],
    }  # fmt: skip


def _progress() -> dict[str, Any]:
    return {
        "steps": [
            parts.Step(_("접수"), "done", NOW - timedelta(days=12)),
            parts.Step(_("자격검토"), "done", NOW - timedelta(days=5)),
            parts.Step(_("발표평가"), "current", note=_("평가위원 7명 중 4명이 제출")),
            parts.Step(_("결과 발표")),
            parts.Step(_("입주계약")),
        ],
        "stopped": [
            parts.Step(_("접수"), "done", NOW - timedelta(days=12)),
            parts.Step(_("자격검토"), "stopped", NOW - timedelta(days=5), _("업력 7년을 넘음")),
        ],
        "then": parts.Next(_("발표평가 결과를 모아 순위를 정합니다"), _("거점 운영담당"), NOW + timedelta(days=14)),
        "figures": [
            parts.Figure(_("입주 기업"), "25", _("곳"), _("목표 73곳의 34 %"), "#figures"),
            parts.Figure(_("펀드 약정"), _("372억 원"), note=_("2019. 11. 30. 기준")),
            parts.Figure(_("전문가 양성"), "214", _("명"), _("같은 사람은 한 번만 셉니다")),
        ],
        "entries": [
            parts.Entry(_("최종본을 제출했습니다"), NOW, _("접수번호 MAPO-2019-1-0042")),
            parts.Entry(_("박서준 님이 사업계획을 고쳤습니다"), NOW - timedelta(hours=3)),
            parts.Entry(_("신청서를 만들었습니다"), NOW - timedelta(days=9)),
        ],
        "receipt": parts.Receipt(
            "MAPO-2019-1-0042", NOW, DIGEST, rows=[parts.Row(_("모집공고"), _("2019년 1차 입주기업 모집"))]
        ),
    }
