"""What people fill in. Whether they may is asked in ``rules``, whether it fits is insisted on in ``services``."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from fund.amount_fields import MoneyField, MoneyForm
from fund.enums import DistributionKind, Purpose, SettlementKind, SnapshotKind
from fund.models import Programme
from fund.services import Asked
from portal.core.ui.fields import DateInput, WonField


def _amount(label: Any) -> MoneyField:
    return MoneyField(label=label, min_value=0, max_value=10**15, required=False)


class CallForm(MoneyForm):
    """A capital call: the day, and an amount for each purpose."""

    due = forms.DateField(label=_("납입 기한"), widget=DateInput)
    investment = _amount(_("투자"))
    fee = _amount(_("관리보수"))
    expense = _amount(_("조합 비용"))
    fee_outside = forms.BooleanField(
        label=_("관리보수를 약정과 별도로 요청합니다."),
        help_text=_("약정과 별도로 요청한 금액은 미납입 약정을 줄이지 않습니다."),
        required=False,
    )

    def asked(self) -> list[Asked]:
        """The lines with an amount."""
        given = self.cleaned_data
        lines = [
            Asked(Purpose.INVESTMENT, given["investment"] or 0),
            Asked(Purpose.FEE, given["fee"] or 0, not given["fee_outside"]),
            Asked(Purpose.EXPENSE, given["expense"] or 0),
        ]
        return [line for line in lines if line.amount]


class DistributionForm(MoneyForm):
    """A distribution: how much, of what kind, on which day."""

    kind = forms.ChoiceField(label=_("종류"), choices=DistributionKind.choices)
    amount = MoneyField(label=_("배분할 금액"), min_value=1, max_value=10**15)
    on = forms.DateField(label=_("배분일"), widget=DateInput)


class SettlementForm(MoneyForm):
    """What is settled, for which days; amounts are typed only where no rule gives them."""

    kind = forms.ChoiceField(label=_("종류"), choices=SettlementKind.choices)
    on = forms.DateField(label=_("기준일"), widget=DateInput)
    start = forms.DateField(label=_("관리보수의 첫날"), widget=DateInput, required=False)
    until = forms.DateField(
        label=_("관리보수의 마지막 날"), help_text=_("이 날까지 셉니다."), widget=DateInput, required=False
    )
    amount = MoneyField(
        label=_("비용이나 수익의 금액"),
        help_text=_("조합 비용과 이자·배당 수익에만 적습니다."),
        min_value=0,
        max_value=10**15,
        required=False,
    )
    note = forms.CharField(label=_("내용"), max_length=200, required=False)

    def asked(self) -> dict[str, Any]:
        return {**self.cleaned_data, "amount": self.cleaned_data["amount"] or 0}


class ReceiptForm(MoneyForm):
    """Money that arrived for one share."""

    amount = MoneyField(label=_("입금액"), min_value=1, max_value=10**15)
    on = forms.DateField(label=_("입금일"), widget=DateInput)
    reference = forms.CharField(label=_("은행 거래번호"), max_length=60)


class SnapshotForm(forms.Form):
    """Which figures are frozen."""

    programme = forms.ModelChoiceField(label=_("펀드 사업"), queryset=Programme.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("주기"), choices=SnapshotKind.choices, initial=SnapshotKind.QUARTER)
    on = forms.DateField(label=_("기준일"), help_text=_("월말이나 분기말을 적습니다."), widget=DateInput)

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = programmes


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("이유"), help_text=_("이유는 감사원장에 봉인됩니다."), max_length=400)


#: Days that a book can know; the calendar's last day has no end.
_SENSIBLE = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2199, 12, 31))]


class AsOfForm(forms.Form):
    """The day for which figures are shown, and what was known when."""

    on = forms.DateField(label=_("기준일"), widget=DateInput, required=False, validators=_SENSIBLE)
    known = forms.DateField(
        label=_("인지시점"),
        help_text=_("이 날까지 기록된 것만 셉니다."),
        widget=DateInput,
        required=False,
        validators=_SENSIBLE,
    )


class CallPlanForm(forms.Form):
    """What the City expects to be called in a budget year."""

    year = forms.IntegerField(label=_("회계연도"), min_value=2000, max_value=2100)
    amount = WonField(label=_("출자 계획(원)"))
    source = forms.CharField(label=_("근거"), help_text=_("예산서나 방침의 이름을 적습니다."), max_length=200)
