"""Forms for fees and refunds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from college.reckoning import Sum


class NothingForm(forms.Form):
    """A step that asks nothing."""


class ReceivedForm(forms.Form):
    """The fee came in."""

    whole = forms.BooleanField(label=_("수강료 전액이 들어온 것을 확인했습니다"))


class PaidForm(forms.Form):
    """The money has gone back; that is asked, since it cannot be taken back."""

    sent = forms.BooleanField(label=_("교육생에게 환불액을 보냈습니다"))

    def clean(self) -> dict[str, Any]:
        """The service wants to know no more than that."""
        super().clean()
        return {}


class LeaveForm(forms.Form):
    """Leaving a course; a reason helps the office and is not demanded."""

    reason = forms.CharField(label=_("이유"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class WhyForm(forms.Form):
    """A decision against somebody, with its reason."""

    reason = forms.CharField(label=_("이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class CalculateForm(forms.Form):
    """The table's share, or more of it."""

    amount = forms.IntegerField(label=_("환불액(원)"), min_value=0, required=False)
    reason = forms.CharField(
        label=_("더 돌려주는 이유"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, sums: Sequence[Sum], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].help_text = _(
            "비워 두면 법정 환불액 %(won)s원입니다. 더 돌려줄 때만 적고 이유를 남겨 주십시오."
        ) % {"won": f"{sums[0].won:,}"}
