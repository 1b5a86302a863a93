"""Forms of event support; each is one step of an award."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import business_number
from portal.core.ui.fields import DateInput, WonField
from portal.mice import naming
from portal.mice.enums import ClawbackGround, EvidenceKind
from portal.mice.models import SettlementLine


class PlainForm(forms.Form):
    """Nothing to fill in: the button is the answer."""


class AgreementForm(forms.Form):
    """The conditions, and until when a guarantee covers them."""

    text = forms.CharField(
        label=_("협약 내용"),
        max_length=20_000,
        help_text=_("교부조건, 증빙 기준, 반납과 환수 조건을 적어 주십시오. 양쪽이 이 글에 서명합니다."),
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    guaranteed_until = forms.DateField(
        label=_("이행보증보험 만기"),
        required=False,
        help_text=_("지원사업이 보증을 요구하면 행사가 끝나는 날 뒤여야 합니다."),
        widget=DateInput,
    )


class SignForm(forms.Form):
    """The text that was seen, by its hash."""

    document_hash = forms.CharField(widget=forms.HiddenInput)
    sure = forms.BooleanField(label=_("협약 내용을 모두 읽었고 동의합니다."))


class PayForm(forms.Form):
    """What the bank says of a payment."""

    bank_ref = forms.CharField(label=_("은행 거래번호"), max_length=60)
    on = forms.DateField(label=_("거래일"), widget=DateInput)


class ReasonForm(forms.Form):
    """Why; the ledger keeps it."""

    reason = forms.CharField(label=_("이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class ChangeForm(forms.Form):
    """Other amounts for the categories of an award."""

    def __init__(self, *args: Any, lines: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = {f"line_{number}": code for number, code in enumerate(lines)}
        for name, code in self.codes.items():
            self.fields[name] = WonField(label=naming.category(code), min_value=0, initial=lines[code])
        self.fields["reason"] = forms.CharField(
            label=_("변경하는 까닭"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3})
        )

    def wanted(self, answers: Mapping[str, Any]) -> dict[str, int]:
        """Won by category; one of nothing is left out."""
        return {code: answers[name] for name, code in self.codes.items() if answers[name]}


class SpentForm(forms.Form):
    """One invoice with its evidence."""

    code = forms.ChoiceField(label=_("비목"))
    vendor = forms.CharField(label=_("거래처"), max_length=120)
    vendor_number = forms.CharField(
        label=_("거래처 사업자등록번호"), required=False, max_length=14, help_text=_("해외 거래처이면 비워 두십시오.")
    )
    related = forms.BooleanField(label=_("주최자와 특수관계에 있는 거래처입니다."), required=False)
    paid_on = forms.DateField(label=_("지급일"), widget=DateInput)
    supply = WonField(label=_("공급가액"), min_value=0)
    vat = WonField(label=_("부가세"), min_value=0, initial=0)
    vat_reclaimable = forms.BooleanField(label=_("부가세를 매입세액으로 공제받습니다."), required=False)
    kind = forms.ChoiceField(label=_("증빙 종류"), choices=EvidenceKind.choices)
    approval_number = forms.CharField(
        label=_("승인번호"),
        required=False,
        max_length=40,
        help_text=_("세금계산서나 카드전표의 승인번호입니다. 같은 증빙을 두 번 쓰지 않았는지 이 번호로 확인합니다."),
    )
    evidence = forms.FileField(label=_("증빙 파일"), help_text=_("PDF, PNG, JPG 파일로 10MB까지 올릴 수 있습니다."))

    def __init__(self, *args: Any, codes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [(code, naming.category(code)) for code in codes]  # type: ignore[attr-defined]

    def clean_vendor_number(self) -> str:
        given = self.cleaned_data["vendor_number"]
        try:
            return business_number.normalise(given) if given.strip() else ""
        except ValueError as fault:
            raise forms.ValidationError(_("사업자등록번호 10자리를 확인해 주십시오. 예: 123-45-67891")) from fault


class FileForm(forms.Form):
    """The interest that the money bore, and that all of it is true."""

    interest = WonField(
        label=_("발생한 이자"),
        min_value=0,
        initial=0,
        help_text=_("교부금 전용 계좌에 생긴 이자입니다. 모두 돌려줍니다."),
    )
    sure = forms.BooleanField(label=_("집행내역과 증빙이 사실과 같음을 확인합니다."))


class AuditForm(forms.Form):
    """What the auditor takes off each line further, and why."""

    def __init__(self, *args: Any, lines: Sequence[SettlementLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = [line.number for line in lines]
        for line in lines:
            about = {"number": line.number, "vendor": line.vendor}
            self.fields[f"cut_{line.number}"] = WonField(
                label=_("%(number)s번 %(vendor)s: 더 줄일 금액") % about, required=False, min_value=0
            )
            self.fields[f"why_{line.number}"] = forms.CharField(
                label=_("%(number)s번 %(vendor)s: 줄이는 까닭") % about, required=False, max_length=150
            )

    def cuts(self, answers: Mapping[str, Any]) -> dict[int, tuple[int, str]]:
        return dict(self._cuts(answers))

    def _cuts(self, answers: Mapping[str, Any]) -> Iterator[tuple[int, tuple[int, str]]]:
        for number in self.numbers:
            if answers[f"cut_{number}"]:
                yield number, (answers[f"cut_{number}"], answers[f"why_{number}"])


class RepaidForm(PayForm):
    """What came back, principal and interest apart."""

    principal = WonField(label=_("원금"), min_value=0, initial=0)
    interest = WonField(label=_("이자"), min_value=0, initial=0)
    field_order = ("principal", "interest", "bank_ref", "on")


class InspectForm(forms.Form):
    """What was seen on site, and how many people."""

    people = forms.IntegerField(label=_("참석 인원"), min_value=0, max_value=1_000_000)
    findings = forms.CharField(label=_("점검 내용"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))


class NoticeForm(forms.Form):
    """What is to be taken back, and the facts and the law it rests on."""

    ground = forms.ChoiceField(label=_("사유"), choices=ClawbackGround.choices)
    facts = forms.CharField(label=_("사실관계"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))
    legal_basis = forms.CharField(label=_("법적 근거"), max_length=200)
    principal = WonField(label=_("원금"), min_value=1)
    interest = WonField(label=_("이자"), min_value=0, initial=0)
    surcharge = WonField(
        label=_("제재부가금"),
        min_value=0,
        initial=0,
        help_text=_("허위 청구는 원금의 5배, 목적 외 사용은 3배까지입니다. 협약 위반에는 부과하지 않습니다."),
    )


class ReplyForm(forms.Form):
    """What the organiser says to it."""

    reply = forms.CharField(label=_("의견"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 6}))


class DemandForm(forms.Form):
    """Until when it is to be paid."""

    due_on = forms.DateField(label=_("납부 기한"), widget=DateInput)


class ReceiveForm(PayForm):
    """Money of a clawback that came in."""

    amount = WonField(label=_("금액"), min_value=1)
    field_order = ("amount", "bank_ref", "on")


class WaiveForm(forms.Form):
    """The law that allows it."""

    basis = forms.CharField(label=_("면제하는 법적 근거"), max_length=200)


class SanctionForm(forms.Form):
    """Until when there is no support."""

    until_on = forms.DateField(label=_("지원 제한이 끝나는 날"), widget=DateInput)
