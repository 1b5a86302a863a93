"""Forms of the call editor: each part of a call's definition as fields, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Cluster
from portal.core.ui.fields import DateTimeInput
from portal.intake import policy
from portal.intake.models import Call

_INSTANTS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
_CODE = r"[A-Z][A-Z0-9_]{0,29}"


def _instant(label: Any, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=DateTimeInput, input_formats=_INSTANTS, **options)


def text_field(label: Any, *, rows: int = 0, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, widget=widget, max_length=10_000 if rows else 200, **options)


def pair(cleaned: Mapping[str, Any], name: str) -> dict[str, str]:
    """The Korean and English text of two fields; English only where there is one."""
    found = {"ko": cleaned[f"{name}_ko"], "en": cleaned[f"{name}_en"]}
    return {language: text for language, text in found.items() if text}


def names_of(row: Mapping[str, Any]) -> list[str]:
    """Korean first, then English, whatever order the database keeps the two in."""
    return [str(row["name"][language]) for language in ("ko", "en") if language in row["name"]]


def unpair(name: str, text: Mapping[str, str] | None) -> dict[str, str]:
    return {f"{name}_{language}": (text or {}).get(language, "") for language in ("ko", "en")}


class NewCallForm(forms.Form):
    """What a call begins with: its programme, its city, and an earlier call to take everything else from."""

    programme = forms.ChoiceField(label=_("사업"))
    cluster = forms.ModelChoiceField(Cluster.objects.none(), label=_("클러스터"), empty_label=None)
    source = forms.ModelChoiceField(
        Call.objects.none(),
        label=_("가져올 공고"),
        help_text=_("모집부문, 평가, 자격요건, 신청서식을 그대로 가져옵니다. 비워 두면 빈 공고에서 시작합니다."),
        required=False,
    )
    code = forms.SlugField(
        label=_("공고 코드"),
        help_text=_("주소에 쓰입니다. 영문 소문자와 숫자, 붙임표만 쓸 수 있습니다. 예: space-2027"),
        max_length=40,
    )
    title_ko = text_field(_("공고 제목"))
    title_en = text_field(_("공고 제목(영문)"), required=False)
    opens_at = _instant(_("접수 시작"))
    closes_at = _instant(_("접수 마감"))

    def __init__(self, *args: Any, programmes: Any, clusters: Any, sources: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["programme"].choices = [(code, code) for code in programmes]  # type: ignore[attr-defined]
        self.fields["cluster"].queryset = clusters  # type: ignore[attr-defined]
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code != code.lower():
            raise forms.ValidationError(_("영문 소문자와 숫자, 붙임표만 써 주십시오."))
        if Call.objects.filter(code=code).exists():
            raise forms.ValidationError(_("이미 쓰고 있는 코드입니다."))
        return code

    def clean(self) -> dict[str, Any]:
        return _in_order(self, super().clean() or {})


def _in_order(form: forms.Form, cleaned: dict[str, Any]) -> dict[str, Any]:
    opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
    if opens and closes and opens >= closes:
        form.add_error("closes_at", _("마감은 접수 시작보다 뒤여야 합니다."))
    return cleaned


#: The terms of the policy that are set with the basics, and stay once the call is published.
_TERMS = ("appeal_days", "answer_days", "reserve_days", "per_track")


class BasicsForm(forms.Form):
    """Title, text, period and clocks."""

    title_ko = text_field(_("공고 제목"))
    title_en = text_field(_("공고 제목(영문)"), required=False)
    summary_ko = text_field(_("공고 내용"), rows=8)
    summary_en = text_field(_("공고 내용(영문)"), rows=8, required=False)
    opens_at = _instant(_("접수 시작"))
    closes_at = _instant(_("접수 마감"))
    appeal_days = forms.IntegerField(label=_("이의신청 기간(일)"), min_value=1, max_value=365)
    answer_days = forms.IntegerField(label=_("이의신청 답변 기한(일)"), min_value=1, max_value=365)
    reserve_days = forms.IntegerField(label=_("예비 순위 유효 기간(일)"), min_value=1, max_value=730)
    per_track = forms.BooleanField(label=_("모집부문마다 하나씩 신청할 수 있게 합니다"), required=False)

    def __init__(self, *args: Any, data_of_call: Mapping[str, Any], published: bool, **options: Any) -> None:
        self.call_data = data_of_call
        terms = policy.DEFAULTS | data_of_call["policy"]
        initial = (
            unpair("title", data_of_call["title"])
            | unpair("summary", data_of_call["summary"])
            | {name: data_of_call[name] for name in ("opens_at", "closes_at")}
            | {name: terms[name] for name in _TERMS}
        )
        super().__init__(*args, **{"initial": initial, **options})
        if published:
            for name in ("opens_at", *_TERMS):
                del self.fields[name]
            self.fields["reason"] = text_field(
                _("정정 사유"), rows=3, help_text=_("작성 중이거나 제출한 모든 기업에 이 사유를 알립니다.")
            )

    def clean(self) -> dict[str, Any]:
        return _in_order(self, super().clean() or {})

    def into(self, data: dict[str, Any]) -> None:
        """Write what was edited into the definition."""
        cleaned = self.cleaned_data
        data |= {"title": pair(cleaned, "title"), "summary": pair(cleaned, "summary")}
        data |= {name: cleaned[name] for name in ("opens_at", "closes_at") if name in cleaned}
        data["policy"] = {**data["policy"], **{name: cleaned[name] for name in _TERMS if name in cleaned}}


class TrackForm(forms.Form):
    code = forms.RegexField(_CODE, label=_("코드"), help_text=_("영문 대문자. 예: DOMESTIC"))
    name_ko = text_field(_("이름"))
    name_en = text_field(_("이름(영문)"), required=False)
    quota = forms.IntegerField(label=_("모집 수"), min_value=0, max_value=10_000)
    reserve = forms.IntegerField(label=_("예비 수"), min_value=0, max_value=10_000)
    spill = text_field(
        _("미달 시 이월"), help_text=_("남는 자리를 넘길 부문의 코드를 순서대로, 쉼표로 나누어"), required=False
    )

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, **unpair("name", row["name"]), "spill": ", ".join(row.get("spill", ()))}

    def row(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in ("code", "quota", "reserve")}
        return plain | {"name": pair(cleaned, "name"), "spill": _codes(cleaned["spill"])}


class StageForm(forms.Form):
    code = forms.RegexField(_CODE, label=_("코드"), help_text=_("영문 대문자. 예: DOCUMENT"))
    name_ko = text_field(_("이름"))
    name_en = text_field(_("이름(영문)"), required=False)
    share = forms.DecimalField(label=_("반영 비율(%)"), min_value=0, max_value=100, decimal_places=2)
    go_on = forms.IntegerField(
        label=_("다음 단계로 가는 수"), help_text=_("마지막 단계는 비워 둡니다."), min_value=1, required=False
    )
    per_file = forms.IntegerField(label=_("신청서마다 평가위원 수"), min_value=1, max_value=50)
    pass_mark = forms.DecimalField(label=_("통과 점수"), min_value=0, max_value=100, decimal_places=2, required=False)
    combine = forms.ChoiceField(
        label=_("점수 계산"),
        choices=[("mean", _("평균")), ("trimmed_mean", _("최고·최저 제외 평균")), ("median", _("중앙값"))],
        initial="mean",
    )
    min_sheets = forms.IntegerField(label=_("필요한 평가표 수"), min_value=1, max_value=50)
    tie_break = text_field(_("동점 처리"), help_text=_("평가항목 코드를 순서대로. 마지막은 lottery(추첨)입니다."))
    blind = forms.BooleanField(label=_("기업 이름을 가리고 평가합니다"), required=False)
    due_at = _instant(_("평가 마감"), required=False)
    #: The code that the stage had, by which its criteria are found again.
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        rule = row.get("rule", {})
        return {
            **{name: row.get(name) for name in ("code", "per_file", "blind", "due_at")},
            **unpair("name", row["name"]),
            "share": _decimal(Fraction(row["share_bp"], 100)),
            "go_on": row.get("go_on") if isinstance(row.get("go_on"), int) else None,
            "pass_mark": _decimal(rule.get("pass_mark")),
            "combine": rule.get("combine", "mean"),
            "min_sheets": rule.get("min_sheets", 1),
            "tie_break": ", ".join(rule.get("tie_break", ())),
            "was": row["code"],
        }

    def row(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The stage as edited over what it was (its criteria stay)."""
        cleaned = self.cleaned_data
        mark = cleaned["pass_mark"]
        rule = {name: cleaned[name] for name in ("combine", "min_sheets")}
        rule |= {"pass_mark": None if mark is None else str(mark), "tie_break": _codes(cleaned["tie_break"])}
        by_track = before.get("go_on") if isinstance(before.get("go_on"), dict) else None
        return {
            **before,
            **{name: cleaned[name] for name in ("code", "per_file", "blind", "due_at")},
            "name": pair(cleaned, "name"),
            "share_bp": int(cleaned["share"] * 100),
            "go_on": cleaned["go_on"] or by_track,
            "rule": {**before.get("rule", {}), **rule},
        }


class CriterionForm(forms.Form):
    code = forms.RegexField(r"[\w]{1,40}", label=_("코드"))
    name_ko = text_field(_("이름"))
    name_en = text_field(_("이름(영문)"), required=False)
    guide_ko = text_field(_("평가 안내"), rows=2, required=False)
    guide_en = text_field(_("평가 안내(영문)"), rows=2, required=False)
    max_points = forms.IntegerField(label=_("배점"), min_value=1, max_value=1000)
    weight = forms.DecimalField(
        label=_("가중치(%)"),
        help_text=_("0이면 점수에 넣지 않습니다."),
        min_value=0,
        max_value=100,
        decimal_places=2,
    )

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        plain = {name: row[name] for name in ("code", "max_points")}
        weight = _decimal(Fraction(row["weight_bp"], 100))
        return plain | unpair("name", row["name"]) | unpair("guide", row.get("guide")) | {"weight": weight}

    def row(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in ("code", "max_points")}
        weight = int(cleaned["weight"] * 100)
        named = {"name": pair(cleaned, "name"), "guide": pair(cleaned, "guide")}
        return plain | named | {"weight_bp": weight, "counted": weight > 0}


class RuleForm(forms.Form):
    """One eligibility rule with what it asks for, a line each: ``years = 7``."""

    rule = forms.ChoiceField(label=_("자격요건"))
    parameters = text_field(
        _("세부 조건"),
        rows=3,
        help_text=_("한 줄에 하나씩: 이름 = 값. 예: years = 7, block = taxes, prefixes = 서울, 경기"),
        required=False,
    )

    def __init__(self, *args: Any, rules: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rule"].choices = [("", "–"), *rules]  # type: ignore[attr-defined]

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        lines = [f"{name} = {written(value)}" for name, value in row.get("parameters", {}).items()]
        return {"rule": row["rule"], "parameters": "\n".join(lines)}

    def clean_parameters(self) -> dict[str, Any]:
        found = {}
        for line in filter(str.strip, self.cleaned_data["parameters"].splitlines()):
            name, equals, value = (part.strip() for part in line.partition("="))
            if not equals or not re.fullmatch(r"[a-z_]{1,40}", name):
                raise forms.ValidationError(_("“%(line)s”: 이름 = 값으로 적어 주십시오."), params={"line": line})
            found[name] = read_value(name, value)
        return found

    def row(self) -> dict[str, Any]:
        return {"rule": self.cleaned_data["rule"], "parameters": self.cleaned_data["parameters"]}


_LISTS = ("prefixes", "excluded")


def read_value(name: str, value: str) -> Any:
    if name in _LISTS:
        return [one.strip() for one in value.split(",") if one.strip()]
    if value in ("true", "false"):
        return value == "true"
    return int(value) if value.isascii() and value.isdigit() else value


def written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _codes(text: str) -> list[str]:
    return [code for code in re.split(r"[\s,]+", text) if code]


def _decimal(value: Any) -> str | None:
    """An exact number as a decimal, for a field; None for none or for one that has no finite decimal."""
    if value is None:
        return None
    hundredths = Fraction(value) * 100
    whole, rest = divmod(int(hundredths), 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") if hundredths.denominator == 1 else None
