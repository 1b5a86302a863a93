"""What people fill in about the managers' reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.ui.fields import DateInput


def _days(label: Any, usual: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=366, initial=usual)


class ReportTermsForm(forms.Form):
    """Within how many days after a quarter managers report."""

    start = forms.DateField(
        label=_("적용하는 첫 분기의 첫날"), help_text=_("이 날부터 끝나는 분기에 적용합니다."), widget=DateInput
    )
    quarter_days = _days(_("분기 보고(일)"), 60)
    year_days = _days(_("연간 보고(일)"), 120)
    indirect_quarter_days = _days(_("다른 조합에 출자하는 조합의 분기 보고(일)"), 120)
    indirect_year_days = _days(_("다른 조합에 출자하는 조합의 연간 보고(일)"), 180)
    source = forms.CharField(label=_("근거"), help_text=_("규약이나 지침의 이름과 조항을 적습니다."), max_length=200)
