"""What a company says beyond its application: whom it challenges, its reply in a case, its late code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.intake.models import Evaluator


class ChallengeForm(forms.Form):
    """Which member of the panel, and on what grounds."""

    evaluator = forms.ModelChoiceField(
        Evaluator.objects.none(), label=_("평가위원"), empty_label=None, widget=forms.RadioSelect
    )
    grounds = forms.CharField(
        label=_("기피하는 까닭"),
        help_text=_("공정한 평가를 기대하기 어려운 사정과, 그것을 확인할 수 있는 자료를 적어 주십시오."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=2000,
    )
    evidence = forms.FileField(
        label=_("증빙 자료"),
        help_text=_("문서나 그림 파일 하나, 20 MB까지. 업무를 맡은 사람만 읽고 평가위원은 읽지 못합니다."),
        required=False,
    )

    def __init__(self, *args: Any, members: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["evaluator"].queryset = members  # type: ignore[attr-defined]
        self.fields["evaluator"].label_from_instance = in_words  # type: ignore[attr-defined]


def in_words(evaluator: Evaluator) -> str:
    """A member of the panel as a company knows them: name and employer."""
    return f"{evaluator} ({evaluator.employer})" if evaluator.employer else str(evaluator)


class ReplyForm(forms.Form):
    """의견: what the company answers to the notice of a case."""

    reply = forms.CharField(label=_("우리 의견"), widget=forms.Textarea(attrs={"rows": 8}), max_length=5000)
