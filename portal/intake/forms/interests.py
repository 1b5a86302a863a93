"""What an evaluator says about a tie to a company."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.ui.fields import DateInput
from portal.intake.enums import InterestKind
from portal.intake.models import Interest


class InterestForm(forms.Form):
    """One tie; numbers, days and the share are checked by the service."""

    kind = forms.ChoiceField(label=_("관계의 종류"), choices=InterestKind, widget=forms.RadioSelect)
    name = forms.CharField(label=_("기업명"), max_length=120)
    business_number = forms.CharField(
        label=_("사업자등록번호"),
        max_length=20,
        help_text=_("숫자 10자리. 예: 123-45-67891"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
    )
    share = forms.DecimalField(
        label=_("지분율(%)"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        decimal_places=2,
        help_text=_("지분을 보유한 때에만 적습니다. 예: 1.5"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-width": "short"}),
    )
    since_date = forms.DateField(label=_("시작한 날"), widget=DateInput)
    until_date = forms.DateField(
        label=_("끝난 날"), required=False, help_text=_("이어지고 있으면 비워 두십시오."), widget=DateInput
    )

    def tie(self) -> dict[str, Any]:
        """The checked answers as the services take them; the share in basis points."""
        found = self.cleaned_data
        share = found["share"]
        return {
            "kind": found["kind"],
            "name": found["name"],
            "business_number": found["business_number"],
            "share_bp": None if share is None else int(share * 100),
            "since": found["since_date"],
            "until": found["until_date"],
        }


class CorrectInterestForm(InterestForm):
    """The whole tie once more, as it should have been, and why."""

    reason = forms.CharField(label=_("고치는 까닭"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class EndInterestForm(forms.Form):
    until_date = forms.DateField(label=_("끝난 날"), widget=DateInput)


def as_typed(interest: Interest) -> dict[str, Any]:
    """What stands, for a form to begin with."""
    share = interest.share_bp
    return {
        "kind": interest.kind,
        "name": interest.name,
        "business_number": interest.business_number,
        "share": None if share is None else Decimal(share) / 100,
        "since_date": interest.since_date,
        "until_date": interest.until_date,
    }
