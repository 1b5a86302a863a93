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


class UploadForm(forms.Form):
    """The filled-in workbook; a correction says why."""

    file = forms.FileField(
        label=_("채운 양식"),
        help_text=_("내려받은 양식을 채운 .xlsx 파일, 8MB까지. 먼저 바뀔 내용만 보여 드립니다."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args: Any, correcting: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if correcting:
            self.fields["reason"] = forms.CharField(
                label=_("정정하는 이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
            )


class BreakForm(forms.Form):
    """Why the two sides differ, and whether that settles it."""

    to = forms.ChoiceField(
        label=_("어떻게 적을까요"),
        choices=[("EXPLAINED", _("차이가 남아 있고 이유를 설명합니다")), ("RESOLVED", _("차이를 해소했습니다"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
