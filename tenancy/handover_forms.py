"""What is filled in to hand over a room, and to put a contract signed on paper on file."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.ui.fields import DateInput
from tenancy.enums import MeterKind
from tenancy.reasons import CHECKLIST

_FILES = _("PNG, JPG 또는 PDF, 10MB 이하")


class PaperForm(forms.Form):
    """A contract that the tenant signed on paper."""

    signer = forms.CharField(label=_("서명한 사람"), max_length=100)
    signed_date = forms.DateField(label=_("서명한 날"), widget=DateInput)
    scan = forms.FileField(label=_("스캔한 계약서"), help_text=_FILES)
    same = forms.BooleanField(label=_("스캔한 계약서가 화면의 계약서와 같고 문서 지문이 찍혀 있음을 확인했습니다."))


class HandoverForm(forms.Form):
    """The day, what was handed over, and how the room is."""

    on = forms.DateField(label=_("입주일"), widget=DateInput)
    keys = forms.IntegerField(label=_("열쇠(개)"), min_value=0, max_value=100, initial=1, required=False)
    cards = forms.IntegerField(label=_("출입카드(장)"), min_value=0, max_value=500, initial=0, required=False)
    note = forms.CharField(label=_("호실 상태"), max_length=400, required=False)


class ReadingForm(forms.Form):
    """What a meter shows."""

    kind = forms.ChoiceField(label=_("계량기"), choices=MeterKind.choices)
    value = forms.DecimalField(label=_("검침값"), min_value=0, max_digits=12, decimal_places=3)
    photo = forms.FileField(label=_("검침 사진"), help_text=_FILES, required=False)


class PhotoForm(forms.Form):
    """A photo of the room."""

    photo = forms.FileField(label=_("호실 사진"), help_text=_FILES)


class LeavingPhotoForm(PhotoForm):
    """And which point of the inspection it shows."""

    field_order = ("item", "photo")
    item = forms.ChoiceField(label=_("확인항목"), required=False, choices=[("", _("호실 전체")), *CHECKLIST.items()])


class RemarkForm(forms.Form):
    """The company's word."""

    remark = forms.CharField(
        label=_("다른 점이 있으면 적어 주십시오."), max_length=400, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
