"""Small forms of the desk: sittings, presence, bonuses, holds, names, and the applicant's rating of a panel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.ui.fields import DateTimeInput
from portal.intake.enums import HitOutcome, HoldBasis, Identified, RatedOn
from portal.intake.forms.editor import names_of
from portal.intake.models import Application, Member

_REASON = forms.Textarea(attrs={"rows": 3})


class SittingForm(forms.Form):
    """When, where, and which files are heard."""

    starts_at = forms.DateTimeField(label=_("시작"), widget=DateTimeInput())
    ends_at = forms.DateTimeField(label=_("끝"), widget=DateTimeInput())
    place = forms.CharField(label=_("장소"), max_length=200)
    heard = forms.ModelMultipleChoiceField(
        Application.objects.none(),
        label=_("듣는 신청서"),
        help_text=_("고르지 않으면 이 단계의 모든 신청서를 듣는 회의입니다."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, files: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["heard"].queryset = files  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        return {("files" if name == "heard" else name): value for name, value in self.cleaned_data.items()}


class RollForm(forms.Form):
    """A member who is here, and how the officer knows."""

    member = forms.ModelChoiceField(Member.objects.none(), label=_("평가위원"), empty_label=None)
    identified_by = forms.ChoiceField(label=_("본인 확인 방법"), choices=Identified.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, members: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]
        self.fields["member"].label_from_instance = lambda member: str(member.evaluator)  # type: ignore[attr-defined]


class BonusForm(forms.Form):
    """Whether the paper of one item counts."""

    counted = forms.TypedChoiceField(
        label=_("가점"),
        choices=[("yes", _("반영합니다")), ("no", _("반영하지 않습니다"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("확인 내용"), help_text=_("신청 기업이 결과통지에서 읽습니다."), widget=_REASON, max_length=1000
    )


class BonusItemsForm(forms.Form):
    """All bonus items of a draft call, one per line."""

    items = forms.CharField(
        label=_("가점 항목"),
        help_text=_("한 줄에 하나씩: 코드 | 점수 | 증빙을 받는 파일 문항의 코드 | 한국어 | 영어."),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        max_length=5000,
    )

    @staticmethod
    def written(rows: Iterable[Mapping[str, Any]]) -> str:
        return "\n".join(" | ".join([row["code"], row["points"], row["block"], *names_of(row)]) for row in rows)

    def clean_items(self) -> list[dict[str, Any]]:
        found = []
        for line in filter(str.strip, self.cleaned_data["items"].splitlines()):
            parts = [part.strip() for part in line.split("|")]
            if len(parts) not in (4, 5) or not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", parts[1]) or not parts[3]:
                raise forms.ValidationError(
                    _("“%(line)s”: 코드 | 점수 | 문항 | 한국어 | 영어로 적어 주십시오."), params={"line": line}
                )
            name = dict(zip(("ko", "en"), parts[3:], strict=False))
            found.append({"code": parts[0], "points": parts[1], "block": parts[2], "name": name})
        return found


class HoldForm(forms.Form):
    """Keep the call, or one application, from destruction."""

    application = forms.ModelChoiceField(
        Application.objects.none(), label=_("신청서"), empty_label=_("공고 전체"), required=False
    )
    basis = forms.ChoiceField(label=_("보존의 근거"), choices=HoldBasis.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("사유"), widget=_REASON, max_length=1000)

    def __init__(self, *args: Any, applications: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["application"].queryset = applications  # type: ignore[attr-defined]


class HitForm(forms.Form):
    """What to do about a name found."""

    outcome = forms.ChoiceField(
        label=_("조치"),
        choices=[(HitOutcome.WITHHELD, HitOutcome.WITHHELD.label), (HitOutcome.KEPT, HitOutcome.KEPT.label)],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("까닭"), widget=_REASON, max_length=1000)


class RatingForm(forms.Form):
    """One to five on each question."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        words = {5: _("매우 그렇다"), 4: _("그렇다"), 3: _("그저 그렇다"), 2: _("아니다"), 1: _("전혀 아니다")}
        for question in RatedOn:
            self.fields[question.value] = forms.TypedChoiceField(
                label=question.label, choices=list(words.items()), coerce=int, widget=forms.RadioSelect
            )
