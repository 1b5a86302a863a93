"""Forms of the college."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from college import pdffile, surveys
from college.enums import CorrectionReason
from college.models import Lesson
from college.naming import said
from portal.core.periods import SEOUL

_MARKS = {
    5: _("매우 그렇다 (5)"),
    4: _("그렇다 (4)"),
    3: _("보통이다 (3)"),
    2: _("아니다 (2)"),
    1: _("전혀 아니다 (1)"),
}


#: The largest file somebody may drop on the check page; a printed certificate has about a tenth of it.
MOST_BYTES = 2 * 1024 * 1024


class CapacityForm(forms.Form):
    """More or fewer seats."""

    capacity = forms.IntegerField(label=_("정원"), min_value=1, max_value=100_000)


class DrawForm(forms.Form):
    """The public value that decides a lottery, as it was announced by whoever draws it."""

    public_value = forms.CharField(
        label=_("공개 값"), max_length=200, help_text=_("당첨번호 여섯 개를 작은 수부터. 예: 3 11 19 27 38 44")
    )


class ReasonForm(forms.Form):
    """A decision that wants its reason in words."""

    reason = forms.CharField(label=_("이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class SealForm(forms.Form):
    """Close the lesson; how many were there by eye."""

    head_count = forms.IntegerField(label=_("눈으로 센 인원"), min_value=0, max_value=5000, required=False)


class CorrectionForm(forms.Form):
    """What the record should say, and what shows it."""

    excuse = forms.BooleanField(label=_("공가로 신청합니다"), required=False)
    came = forms.TimeField(label=_("입실 시각"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    left = forms.TimeField(label=_("퇴실 시각"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    reason = forms.ChoiceField(
        label=_("사유"), required=False, choices=[("", _("고르십시오")), *CorrectionReason.choices]
    )
    evidence = forms.CharField(label=_("증빙"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))

    def entries(self, lesson: Lesson) -> list[tuple[str, datetime]]:
        """The times typed, on the lesson's day in Seoul."""
        day = lesson.starts_at.astimezone(SEOUL).date()
        pairs = (("IN", self.cleaned_data["came"]), ("OUT", self.cleaned_data["left"]))
        return [(kind, datetime.combine(day, at, SEOUL)) for kind, at in pairs if at is not None]


class NumberForm(forms.Form):
    """A certificate by its number."""

    number = forms.CharField(label=_("수료증 번호"), max_length=40, help_text=_("예: SBC-2026-000123"))


class PaperForm(forms.Form):
    """A certificate as a file."""

    paper = forms.FileField(
        label=_("수료증 파일"), help_text=_("PDF 또는 JSON 파일, 2MB까지. 파일은 저장하지 않습니다.")
    )

    def clean_paper(self) -> bytes:
        """The signed text: the file itself, or what a printed certificate carries inside."""
        file = self.cleaned_data["paper"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("파일이 2MB보다 큽니다. 내려받은 수료증 파일을 그대로 올려 주십시오."))
        content: bytes = file.read()
        if not content.startswith(pdffile.MAGIC):
            return content
        inside = pdffile.certificate_in(content)
        if inside is None:
            raise forms.ValidationError(
                _("이 PDF에는 서명한 수료증이 들어 있지 않습니다. 내려받은 수료증 파일을 그대로 올려 주십시오.")
            )
        return inside


class NameForm(forms.Form):
    """Whose it is, typed by somebody who holds the paper."""

    name = forms.CharField(label=_("이름"), max_length=80)


class SurveyForm(forms.Form):
    """The questions of a survey: marks to choose, words to write."""

    def __init__(self, *args: Any, questions: Iterable[Mapping[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        for one in surveys.read(questions):
            self.fields[one.code] = _words(one) if one.kind == surveys.TEXT else _marks(one)


def _marks(question: surveys.Question) -> forms.Field:
    choices = [(mark, _MARKS[mark]) for mark in range(surveys.HIGHEST, surveys.LOWEST - 1, -1)]
    return forms.TypedChoiceField(
        label=said(question.label_ko, question.label_en), choices=choices, coerce=int, widget=forms.RadioSelect
    )


def _words(question: surveys.Question) -> forms.Field:
    return forms.CharField(
        label=said(question.label_ko, question.label_en),
        max_length=surveys.MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("이름이나 연락처는 적지 마십시오."),
    )
