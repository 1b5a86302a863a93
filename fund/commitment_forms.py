"""What people fill in about commitments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.amount_fields import MoneyField, MoneyForm
from fund.models import Partner, SubFund
from portal.core.ui.fields import DateInput


class CommitmentForm(forms.Form):
    """Who commits, a partner or another sub-fund, and how many units."""

    partner = forms.ChoiceField(label=_("출자자"))
    units = forms.IntegerField(label=_("좌수"), min_value=1, max_value=10**9)

    #: Where the form asks for what the service calls by another name.
    NAMES = {"holder": "partner"}

    def __init__(
        self, data: Any = None, *, partners: Iterable[Partner], holders: Iterable[SubFund], price: str
    ) -> None:
        super().__init__(data)
        self.who: dict[str, Partner | SubFund] = {
            **{f"partner-{one.pk}": one for one in partners},
            **{f"sub-fund-{one.pk}": one for one in holders},
        }
        field = self.fields["partner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("골라 주세요"))] + [
            (name, [(key, str(one)) for key, one in self.who.items() if isinstance(one, kind)])
            for name, kind in ((_("출자자"), Partner), (_("다른 자펀드"), SubFund))
            if any(isinstance(one, kind) for one in self.who.values())
        ]
        self.fields["units"].help_text = _("1좌는 %(price)s입니다.") % {"price": price}

    def chosen(self) -> Partner | SubFund:
        return self.who[self.cleaned_data["partner"]]


class ConsentForm(MoneyForm):
    """The city council's consent."""

    number = forms.CharField(label=_("의회 동의 번호"), max_length=80)
    amount = MoneyField(label=_("동의한 금액"), min_value=1, max_value=10**15)


class CloseForm(forms.Form):
    """The day of a close; for a sub-fund of another currency the rate of that day and who published it."""

    on = forms.DateField(label=_("결성일"), widget=DateInput)
    rate = forms.DecimalField(
        label=_("결성일의 환율(원)"), help_text=_("이 통화 한 단위의 원화 값을 적습니다."), min_value=0, max_digits=16, decimal_places=6,
    )  # fmt: skip
    rate_source = forms.CharField(label=_("환율의 출처"), max_length=120)

    def __init__(self, data: Any = None, *, currency: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if currency == "KRW":
            del self.fields["rate"], self.fields["rate_source"]
