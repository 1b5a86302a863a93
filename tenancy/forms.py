"""What people fill in. Whether they may is asked in ``rules``, whether it fits is insisted on in ``services``."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.ui.fields import DateInput


class DayForm(forms.Form):
    """The day for which a plan is shown."""

    on = forms.DateField(label=_("기준일"), widget=DateInput)


class AcceptForm(forms.Form):
    """The master account takes the room."""

    agreed = forms.BooleanField(label=_("위 조건을 모두 확인했으며 이에 동의합니다."))


class DeclineForm(forms.Form):
    """The master account gives the room up."""

    reason = forms.CharField(
        label=_("포기하는 이유"),
        help_text=_("담당자만 읽습니다. 적지 않아도 됩니다."),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(label=_("이 호실과 선정을 포기합니다. 되돌릴 수 없습니다."))


class SignForm(forms.Form):
    """One side signs the document that was shown."""

    document_hash = forms.CharField(widget=forms.HiddenInput)
    consented = forms.BooleanField(label=_("계약서를 모두 읽었고 전자서명으로 체결하는 데 동의합니다."))


class RunForm(forms.Form):
    """Why a run is repeated; the first needs no reason."""

    reason = forms.CharField(
        label=_("다시 계산하는 이유"),
        help_text=_("앞의 계산이 있을 때 적습니다. 이유는 감사원장에 봉인됩니다."),
        required=False,
        max_length=400,
    )


class KeyForm(forms.Form):
    """The day on which the key was handed over."""

    on = forms.DateField(label=_("입주일"), widget=DateInput)
