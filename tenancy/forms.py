"""What people fill in. Whether they may is asked in ``rules``, whether it fits is insisted on in ``services``."""

from __future__ import annotations

import base64
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.ui.fields import DateInput, DateTimeInput, WonField
from tenancy.reasons import CHECKLIST

MOST_BYTES = 2 * 1024 * 1024


class DayForm(forms.Form):
    """The day for which a plan is shown."""

    on = forms.DateField(label=_("기준일"), widget=DateInput)


class CompareForm(forms.Form):
    """Another day, to see what changes between the two."""

    on = forms.DateField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # ``with`` is a word of Python, so the field cannot be an attribute of the class.
        self.fields["with"] = forms.DateField(label=_("견줄 날"), widget=DateInput)


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


class SureForm(forms.Form):
    """Nothing to fill in: the button is the answer."""


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class DropForm(ReasonForm):
    """Why, and that it is meant."""

    sure = forms.BooleanField(label=_("입주기업의 고지 금액이 줄지 않는 것을 확인했습니다."))


class MonthForm(forms.Form):
    """A month, named by one of its days."""

    month = forms.DateField(label=_("귀속 월(그 달의 아무 날)"), widget=DateInput)


class CreditForm(forms.Form):
    """From which day on a line is taken back."""

    used_to = forms.DateField(label=_("사용을 마친 날(당일 제외)"), widget=DateInput)
    reason = forms.CharField(label=_("감액하는 이유"), max_length=400)


class BankFileForm(forms.Form):
    """The bank's file."""

    file = forms.FileField(
        label=_("은행 거래내역 CSV"), help_text=_("UTF-8 또는 CP949, 2MB 이하. 먼저 미리 보기만 합니다.")
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("2MB 이하의 파일만 올릴 수 있습니다."))
        return file


class ApplyForm(forms.Form):
    """The file and plan that were shown, and whose the doubtful rows are."""

    content = forms.CharField(widget=forms.HiddenInput)
    file_hash = forms.CharField(widget=forms.HiddenInput)
    plan_hash = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_content(self) -> bytes:
        try:
            return base64.b64decode(self.cleaned_data["content"], validate=True)
        except ValueError as error:
            raise forms.ValidationError(_("파일을 다시 올려 주십시오.")) from error


class DepositForm(forms.Form):
    """Money received towards a deposit."""

    amount = WonField(label=_("받은 금액"), min_value=1)
    evidence = forms.CharField(label=_("근거"), max_length=400)


class RefundForm(forms.Form):
    """What a company paid too much, paid back at its request."""

    amount = WonField(label=_("돌려준 금액"), min_value=1)
    reason = forms.CharField(label=_("근거"), max_length=400)


class BounceForm(forms.Form):
    """A payment that the bank took back."""

    payment = forms.ChoiceField(label=_("취소된 입금"))
    reason = forms.CharField(label=_("이유"), max_length=400)

    def __init__(self, *args: Any, payments: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment"].choices = payments  # type: ignore[attr-defined]


class SetOffForm(forms.Form):
    """One part of a deposit to be kept; leave it empty when nothing is kept."""

    repair = WonField(label=_("수선비로 충당할 금액"), min_value=1, required=False)
    evidence = forms.CharField(label=_("근거"), max_length=400, required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("repair") and not found.get("evidence"):
            self.add_error("evidence", _("충당하는 금액마다 근거를 적어 주십시오."))
        return found


class ObjectionForm(forms.Form):
    """What the tenant objects to."""

    text = forms.CharField(label=_("이의 내용"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class EvidenceForm(forms.Form):
    """On which evidence."""

    evidence = forms.CharField(label=_("근거"), max_length=400)


class NoticeForm(forms.Form):
    """The tenant leaves."""

    leave_date = forms.DateField(label=_("퇴거일"), help_text=_("30일 뒤부터 고를 수 있습니다."), widget=DateInput)
    reason = forms.CharField(
        label=_("퇴거하는 이유"), help_text=_("적지 않아도 됩니다."), max_length=400, required=False
    )


class FiguresForm(forms.Form):
    """The figures of the present term."""

    sales = WonField(label=_("매출(원)"), min_value=0)
    jobs = forms.IntegerField(label=_("고용(명)"), min_value=0, max_value=100_000)
    investment = WonField(label=_("투자 유치(원)"), min_value=0)
    days = forms.IntegerField(label=_("이용한 날(일)"), min_value=0, max_value=3_660)


class YearForm(forms.Form):
    """A graduate's figures of a year."""

    sales = WonField(label=_("매출(원)"), min_value=0)
    jobs = forms.IntegerField(label=_("고용(명)"), min_value=0, max_value=100_000)
    investment = WonField(label=_("투자 유치(원)"), min_value=0)


class DecisionForm(forms.Form):
    """Granted or refused; a refusal needs its reason."""

    granted = forms.TypedChoiceField(
        label=_("결정 내용"),
        choices=[("yes", _("연장 승인")), ("no", _("연장 불승인"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("결정 이유"), max_length=400, required=False)


class ConsentForm(forms.Form):
    """Signing what is shown."""

    consented = forms.BooleanField(label=_("내용을 모두 읽었고 전자서명으로 체결하는 데 동의합니다."))


class KeysForm(forms.Form):
    """The day on which the keys came back."""

    on = forms.DateField(label=_("열쇠 반납일"), widget=DateInput)


class WhenForm(forms.Form):
    """When the room is inspected."""

    inspect_at = forms.DateTimeField(label=_("점검 일시"), widget=DateTimeInput)


class ChecklistForm(forms.Form):
    """Every point of the inspection: done, what was found, its cost; begins with what the last inspection found."""

    template_name = "tenancy/checklist.html"

    def __init__(self, *args: Any, items: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [item.code for item in items]
        for item in items:
            self.fields[f"{item.code}-done"] = forms.BooleanField(label=_("마침"), required=False, initial=item.done)
            self.fields[f"{item.code}-note"] = forms.CharField(
                label=_("내용"), required=False, max_length=400, initial=item.note
            )
            self.fields[f"{item.code}-cost"] = WonField(
                label=_("입주기업이 낼 비용"), required=False, min_value=0, initial=item.cost_won or None
            )

    def points(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The name of every point with its fields."""
        return [(CHECKLIST[code], [self[f"{code}-{name}"] for name in ("done", "note", "cost")]) for code in self.codes]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for code in self.codes:
            if answers.get(f"{code}-cost") and not answers.get(f"{code}-note", "").strip():
                self.add_error(f"{code}-note", _("비용이 드는 항목에는 내용을 적어 주십시오."))
        return answers

    def found(self) -> dict[str, tuple[bool, str, int, bool]]:
        """The list as the service wants it."""
        answers = self.cleaned_data
        return {
            code: (
                answers[f"{code}-done"],
                answers[f"{code}-note"],
                answers[f"{code}-cost"] or 0,
                bool(answers[f"{code}-cost"]),
            )
            for code in self.codes
        }
