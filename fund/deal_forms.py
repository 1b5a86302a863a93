"""What people fill in about deals, the committee and lots."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.amount_fields import MoneyField, MoneyForm
from fund.enums import CompanyKind, Instrument, Vote
from fund.models import Company, Lot, SubFund
from fund.models.holdings import TERMS
from fund.services.securities import CONVERTS
from portal.core.ui.fields import DateInput


def _whole(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=10**12, required=False, help_text=help_text)


class DealForm(MoneyForm):
    """A deal: whom, how, how much; a company already known or a new one."""

    company = forms.ModelChoiceField(
        label=_("투자 대상"), queryset=Company.objects.none(), required=False, empty_label=_("새 기업이나 프로젝트"),
    )  # fmt: skip
    name_ko = forms.CharField(label=_("새 기업의 이름"), max_length=120, required=False)
    name_en = forms.CharField(label=_("새 기업의 영문 이름"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("구분"), choices=CompanyKind.choices)
    sector = forms.CharField(label=_("분야"), max_length=40, required=False)
    instrument = forms.ChoiceField(label=_("투자 방식"), choices=Instrument.choices)
    amount = MoneyField(label=_("투자금액"), min_value=1, max_value=10**15)
    units = _whole(_("주식·사채 수"), _("SAFE, 조건부지분전환계약, 프로젝트투자는 비워 둡니다."))
    ratio_new = _whole(_("전환비율: 새 주식 수"), _("RCPS와 CB에 적습니다. 1:1이면 1과 1입니다."))
    ratio_old = _whole(_("전환비율: 옛 주식 수"))
    redemption_bp = _whole(_("상환이율(bp)"))
    cap = MoneyField(label=_("기업가치 상한"), min_value=0, max_value=10**15, required=False)
    discount_bp = _whole(_("할인율(bp)"), _("20%는 2000입니다."))
    revenue_share_bp = _whole(_("수익배분율(bp)"))
    thesis = forms.CharField(label=_("투자 이유"), widget=forms.Textarea, max_length=20_000)

    def __init__(self, data: Any = None, *, sub_fund: SubFund) -> None:
        super().__init__(data, currency=sub_fund.currency)
        field = self.fields["company"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Company.objects.filter(programme=sub_fund.programme)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("company") and not given.get("name_ko"):
            self.add_error("name_ko", _("목록에서 고르거나 새 기업의 이름을 적어 주십시오."))
        return given

    def asked(self) -> dict[str, Any]:
        """What ``propose_deal`` takes besides the company."""
        given = self.cleaned_data
        return {
            "instrument": given["instrument"],
            "amount": given["amount"],
            "units": given["units"] or 0,
            "thesis": given["thesis"],
            "terms": {name: given[name] for name in TERMS},
        }

    def new_company(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name_ko", "name_en", "kind", "sector")}


class DayForm(forms.Form):
    """The day on which money moved."""

    on = forms.DateField(label=_("지급일"), widget=DateInput)


class RecuseForm(forms.Form):
    """Why a member steps out."""

    reason = forms.CharField(
        label=_("회피하는 이유"), help_text=_("이유는 감사원장에 봉인되고, 심의자료는 더 볼 수 없습니다."), max_length=400,
    )  # fmt: skip


class VoteForm(forms.Form):
    """One vote."""

    vote = forms.ChoiceField(label=_("표결"), choices=Vote.choices, widget=forms.RadioSelect)


class ConversionForm(MoneyForm):
    """A conversion: into what, when, and at which round's price."""

    to = forms.ChoiceField(label=_("바뀌는 증권"))
    on = forms.DateField(label=_("전환일"), widget=DateInput)
    pre_money = MoneyField(label=_("후속 투자 전 기업가치"), min_value=0, max_value=10**15, required=False)
    shares = _whole(_("후속 투자 전 발행 주식 수"))
    ratio_new = _whole(_("새 증권의 전환비율: 새 주식 수"))
    ratio_old = _whole(_("새 증권의 전환비율: 옛 주식 수"))

    def __init__(self, data: Any = None, *, lot: Lot) -> None:
        super().__init__(data, currency=lot.holding.sub_fund.currency)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(to.value, to.label) for to in CONVERTS.get(Instrument(lot.instrument), ())]
        priced = lot.instrument in (Instrument.SAFE, Instrument.CNOTE)
        for name in () if priced else ("pre_money", "shares"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("ratio_new")) != bool(given.get("ratio_old")):
            self.add_error("ratio_new", _("전환비율은 두 수를 함께 적어 주십시오."))
        return given

    def asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        priced: dict[str, Any] = {name: given[name] or 0 for name in ("pre_money", "shares") if name in given}
        ratio = {name: given[name] or None for name in ("ratio_new", "ratio_old")}
        return {"to": given["to"], "on": given["on"], **priced, **ratio}


class SplitForm(forms.Form):
    """A split or consolidation: so many old shares become so many new ones."""

    new = forms.IntegerField(label=_("새 주식 수"), min_value=1, max_value=10**6)
    old = forms.IntegerField(label=_("옛 주식 수"), min_value=1, max_value=10**6)
    on = forms.DateField(label=_("기준일"), widget=DateInput)
