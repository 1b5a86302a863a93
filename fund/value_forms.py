"""What people fill in about values, write-downs and exits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.amount_fields import MoneyField, MoneyForm
from fund.company_enums import ReportSource, Statutory
from fund.enums import MeasureKind, Method, Reason
from fund.models import Holding, Lot
from portal.core.ui.fields import DateInput, WonField

_LEVELS = [(1, _("1: 시장 가격")), (2, _("2: 관찰할 수 있는 자료")), (3, _("3: 추정"))]


class ValuationForm(MoneyForm):
    """A value with its method and evidence."""

    on = forms.DateField(label=_("평가 기준일"), widget=DateInput)
    amount = MoneyField(label=_("평가액"), min_value=0, max_value=10**15)
    method = forms.ChoiceField(label=_("평가 방법"), choices=Method.choices)
    level = forms.TypedChoiceField(label=_("공정가치 수준"), choices=_LEVELS, coerce=int, initial=3)
    evidence = forms.CharField(
        label=_("평가 근거"),
        help_text=_("근거의 지문이 감사원장에 남습니다."),
        widget=forms.Textarea,
        max_length=20_000,
    )


class AnswerForm(MoneyForm):
    """The answer to a challenge."""

    amount = MoneyField(label=_("평가액"), min_value=0, max_value=10**15)
    evidence = forms.CharField(label=_("평가 근거"), widget=forms.Textarea, max_length=20_000)


class MeasureForm(MoneyForm):
    """A write-down, its restoration, a sale or a redemption."""

    kind = forms.ChoiceField(label=_("종류"), choices=MeasureKind.choices)
    amount = MoneyField(label=_("감액하거나 회수한 금액"), min_value=0, max_value=10**15)
    on = forms.DateField(label=_("기준일"), widget=DateInput)
    reason = forms.ChoiceField(
        label=_("감액 사유"), choices=[("", _("감액이 아닙니다")), *Reason.choices], required=False
    )
    lot = forms.ModelChoiceField(
        label=_("매각·상환하는 취득분"), queryset=Lot.objects.none(), required=False, empty_label=_("매각·상환이 아닙니다"),
    )  # fmt: skip
    units = forms.IntegerField(
        label=_("매각·상환하는 수"), help_text=_("비워 두면 남은 전부입니다."), min_value=0, max_value=10**12, required=False,
    )  # fmt: skip

    def __init__(self, data: Any = None, *, holding: Holding) -> None:
        super().__init__(data, currency=holding.sub_fund.currency)
        field = self.fields["lot"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = holding.lots.filter(cost__gt=0).order_by("id")

    def asked(self) -> dict[str, Any]:
        return {**self.cleaned_data, "units": self.cleaned_data["units"] or 0}


class ReportForm(forms.Form):
    """What a source says of a company on a day; what it does not say is left empty, never nought."""

    on = forms.DateField(label=_("기준일"), widget=DateInput)
    headcount = forms.IntegerField(
        label=_("고용 인원(명)"), help_text=_("모르면 비워 둡니다."), min_value=0, max_value=10**6, required=False
    )
    sales = WonField(
        label=_("연 매출(원)"), help_text=_("모르면 비워 둡니다."), min_value=0, max_value=10**15, required=False
    )
    address = forms.CharField(
        label=_("소재지"), help_text=_("시·도부터 적습니다. 모르면 비워 둡니다."), max_length=200, required=False
    )
    shares = forms.IntegerField(
        label=_("발행주식 총수"),
        help_text=_("지분율로 고용을 셀 때 씁니다."),
        min_value=1,
        max_value=10**15,
        required=False,
    )
    statutory = forms.ChoiceField(
        label=_("법정 구분"),
        help_text=_("벤처투자법의 투자의무를 셀 때 씁니다. 확인서가 있으면 그 날짜로 적습니다."),
        choices=[("", _("모름")), *Statutory.choices],
        required=False,
    )
    source = forms.ChoiceField(label=_("출처"), choices=ReportSource.choices)
    source_date = forms.DateField(label=_("출처의 날짜"), widget=DateInput)
