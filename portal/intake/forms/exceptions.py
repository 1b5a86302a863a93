"""Forms of what happens off the ordinary course: late entry, challenges, cases, appeals, changes of a panel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation
from portal.core.ui.fields import DateTimeInput
from portal.intake.enums import CaseGround, Remedy
from portal.intake.models import Appeal, Evaluator, Member, Stage

_REASON = forms.Textarea(attrs={"rows": 3})
_SECONDS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]


class LateCodeForm(forms.Form):
    """For which company, why, on what paper, until when."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("기업"),
        help_text=_("이 공고에 작성 중인 신청서가 있는 기업입니다."),
        empty_label=None,
    )
    reason = forms.CharField(
        label=_("추가접수 사유"),
        help_text=_("기업 이름 없이 적어 주십시오. 결과와 함께 누구나 읽습니다."),
        widget=_REASON,
        max_length=500,
    )
    evidence = forms.CharField(
        label=_("근거"), help_text=_("공문 번호, 장애 기록처럼 확인할 수 있는 것"), widget=_REASON, max_length=1000
    )
    expires_at = forms.DateTimeField(label=_("유효 기한"), widget=DateTimeInput(), input_formats=_SECONDS)

    def __init__(self, *args: Any, companies: QuerySet[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = companies  # type: ignore[attr-defined]


def _yes_or_no(label: Any, yes: Any, no: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class ChallengeDecisionForm(forms.Form):
    """인용 or 기각, with the reasons that the challenger gets."""

    upheld = _yes_or_no(
        _("결정 내용"), _("인용: 위원은 이 신청서를 평가하지 않습니다"), _("기각: 위원은 평가를 계속합니다")
    )
    reasons = forms.CharField(
        label=_("결정 이유"), help_text=_("신청 기업이 읽습니다."), widget=_REASON, max_length=2000
    )


class AskAgainForm(forms.Form):
    """What is still missing, and until when."""

    missing = forms.CharField(label=_("보완할 내용"), widget=_REASON, max_length=2000)
    due_at = forms.DateTimeField(label=_("보완 기한"), widget=DateTimeInput(), input_formats=_SECONDS)


class CaseForm(forms.Form):
    """What a company is accused of, with the evidence."""

    ground = forms.ChoiceField(label=_("취소 사유"), choices=CaseGround.choices, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("증거"),
        help_text=_("신청 기업이 읽고 의견을 냅니다."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
    )
    days = forms.IntegerField(
        label=_("의견을 낼 기간(일)"),
        help_text=_("10일보다 짧게 줄 수 없습니다."),
        min_value=1,
        max_value=90,
        initial=10,
    )


class CaseDecisionForm(forms.Form):
    """취소 or 종결, with reasons."""

    upheld = _yes_or_no(_("결정 내용"), _("선정을 취소합니다"), _("취소하지 않고 끝냅니다"))
    reasons = forms.CharField(
        label=_("결정 이유"), help_text=_("신청 기업이 읽습니다."), widget=_REASON, max_length=5000
    )


class ExtensionForm(forms.Form):
    """The one extension of the answer to an appeal."""

    days = forms.IntegerField(label=_("연장할 날수"), min_value=1, max_value=90, initial=10)
    reason = forms.CharField(
        label=_("연장하는 까닭"), help_text=_("신청 기업이 읽습니다."), widget=_REASON, max_length=1000
    )


class CorrectionForm(forms.Form):
    """Why a published result is counted again, and after which appeal."""

    reason = forms.CharField(
        label=_("정정 사유"), help_text=_("결과가 달라지는 기업이 읽습니다."), widget=_REASON, max_length=1000
    )
    appeal = forms.ModelChoiceField(
        Appeal.objects.none(), label=_("인용한 이의신청"), empty_label=_("이의신청 없이"), required=False
    )

    def __init__(self, *args: Any, appeals: QuerySet[Appeal], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["appeal"].queryset = appeals  # type: ignore[attr-defined]
        self.fields["appeal"].label_from_instance = lambda row: (  # type: ignore[attr-defined]
            f"{row.application.receipt_number} · {Remedy(row.remedy).label}" if row.remedy else str(row.application)
        )


def _joining(evaluator: Evaluator) -> str:
    """Who may take a seat; substitutes of the panel are named as such."""
    words = {"name": evaluator, "employer": evaluator.employer or "–"}
    if getattr(evaluator, "stands_by", False):
        return _("%(name)s (%(employer)s, 예비위원)") % words
    return _("%(name)s (%(employer)s)") % words


class SeatForm(forms.Form):
    """A substitute of the panel, or somebody of the pool."""

    evaluator = forms.ModelChoiceField(Evaluator.objects.none(), label=_("평가위원"), empty_label=None)

    def __init__(self, *args: Any, pool: QuerySet[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["evaluator"].queryset = pool  # type: ignore[attr-defined]
        self.fields["evaluator"].label_from_instance = _joining  # type: ignore[attr-defined]


class ReaderForm(forms.Form):
    """One more member for a file."""

    member = forms.ModelChoiceField(Member.objects.none(), label=_("평가위원"), empty_label=None)

    def __init__(self, *args: Any, members: QuerySet[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]
        self.fields["member"].label_from_instance = lambda row: str(row.evaluator)  # type: ignore[attr-defined]


class StageChoiceForm(forms.Form):
    """The stage in which a file is judged again."""

    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("다시 평가할 단계"), empty_label=None)

    def __init__(self, *args: Any, stages: QuerySet[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]
