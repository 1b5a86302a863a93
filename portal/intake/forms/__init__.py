"""Forms of intake. Pages of an application keep whatever was typed, fitting or not."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation
from portal.core.ui.fields import DateTimeInput
from portal.intake import blocks
from portal.intake.blocks import Form as Questions
from portal.intake.enums import AppealStatus, Finding, Remedy
from portal.intake.models import Application, Call, Criterion, EligibilityFinding, Evaluator, ScoreSheet, Track


def _earlier(application: Application) -> str:
    """An application that was not sent: its call, and whose it is."""
    title = application.call.current.title_text if application.call.current else application.call.code
    return f"{title} ({application.organisation})"


class TrackForm(forms.Form):
    """In which track of the call."""

    track = forms.ModelChoiceField(
        Track.objects.none(), label=_("모집부문"), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, call: Call, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["track"].queryset = call.tracks.all()  # type: ignore[attr-defined]
        if call.per_track:
            self.fields["track"].help_text = _("한 기업이 모집부문마다 하나씩 신청할 수 있습니다.")


class StartForm(TrackForm):
    """For which company, in which track, with whose answers."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("신청 기업"), empty_label=None)
    reuse = forms.ModelChoiceField(
        Application.objects.none(),
        label=_("지난 신청서 가져오기"),
        help_text=_(
            "제출하지 않았거나 철회한 신청서의 답 가운데 이 공고에서도 묻는 것을 채워 줍니다. 파일은 다시 올려 주십시오."
        ),
        empty_label=_("가져오지 않음"),
        required=False,
    )

    field_order = ("organisation", "track", "reuse")

    def __init__(self, *args: Any, call: Call, companies: Any, earlier: Any, **options: Any) -> None:
        """``companies``: None where people apply in their own name and no company is asked for."""
        super().__init__(*args, call=call, **options)
        if earlier.exists():
            self.fields["reuse"].queryset = earlier  # type: ignore[attr-defined]
            self.fields["reuse"].label_from_instance = _earlier  # type: ignore[attr-defined]
        else:
            del self.fields["reuse"]
        if companies is None:
            del self.fields["organisation"]
            self.fields["track"].initial = self.fields["track"].queryset.first()  # type: ignore[attr-defined]
            return
        self.fields["organisation"].queryset = companies  # type: ignore[attr-defined]
        if companies.count() == 1:
            self.fields["organisation"].initial = companies.first()


class SectionForm(forms.Form):
    """One page of an application, made from its blocks (of a request, ``only`` those named). ``given``: the answers that
    conditions hang on, where they are not the page's own. ``kept()`` is what the draft keeps."""

    def __init__(
        self,
        *args: Any,
        form: blocks.Form,
        section: blocks.Section,
        answers: Mapping[str, Any],
        only: Container[str] | None = None,
        given: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **{"initial": dict(answers), **options})
        self.form, self.section = form, section
        given = answers if given is None else given
        here = {block.code for block in section.blocks}
        for block in section.blocks:
            conditional_here = block.shown_if is not None and block.shown_if[0] in here
            if not conditional_here and not blocks.is_shown(block, given):
                continue
            if only is not None and block.code not in only:
                continue
            if field := form.kind(block).field(block):
                field.required = field.required and not conditional_here
                self.fields[block.code] = field

    def kept(self) -> dict[str, Any]:
        """Answers as JSON; what does not fit its field is kept as typed, so that nothing is lost."""
        self.full_clean()
        found = {}
        for block in self.section.blocks:
            if block.code not in self.fields:
                if block.code in self.initial:
                    found[block.code] = self.initial[block.code]
            elif block.code in self.errors:
                found[block.code] = self._typed(block.code)
            else:
                found[block.code] = self.form.kind(block).stored(self.cleaned_data.get(block.code))
        return {code: value for code, value in found.items() if value is not None}

    def _typed(self, code: str) -> Any:
        return self.fields[code].widget.value_from_datadict(self.data, self.files, code) or None

    def misfits(self) -> bool:
        """Whether something typed does not fit; what is only missing may wait until sending."""
        return any(error.code != "required" for errors in self.errors.as_data().values() for error in errors)


class FileForm(forms.Form):
    """One file for one block."""

    file = forms.FileField(label=_("파일"))


class ConfirmForm(forms.Form):
    """Nothing to fill in: carries the refusal of a step that was confirmed."""

    @staticmethod
    def whole(text: str | None) -> int | None:
        """The version a page was read in, from its hidden field; None when there is none."""
        return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("사유"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)


class AppealForm(forms.Form):
    grounds = forms.CharField(
        label=_("이의신청 사유"),
        help_text=_("어느 부분을 왜 다시 살펴야 하는지 적어 주십시오."),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=5000,
    )


class PledgeForm(forms.Form):
    """The fairness text, and every company of the call in alphabetical order, never joined to a file."""

    def __init__(self, *args: Any, companies: Iterable[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.companies = list(companies)
        self.fields["conflicts"] = forms.MultipleChoiceField(
            label=_("이해관계가 있는 기업"),
            help_text=_(
                "최근 2년 안에 일했거나 자문했거나, 지분이나 가족 관계가 있는 기업을 모두 골라 주십시오. 없으면 비워 두십시오."
            ),
            choices=[(str(company.pk), company.name) for company in self.companies],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.fields["reason"] = forms.CharField(
            label=_("관계"),
            help_text=_("기업을 골랐다면 어떤 관계인지 적어 주십시오. 신청 기업에는 알리지 않습니다."),
            widget=forms.Textarea(attrs={"rows": 3}),
            required=False,
            max_length=2000,
        )
        self.fields["fair"] = forms.BooleanField(
            label=_("공정하게 평가하고, 알게 된 내용을 누설하지 않으며, 위 신고가 사실임을 서약합니다.")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("conflicts") and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("어떤 관계인지 적어 주십시오."))
        return cleaned

    def conflicts(self) -> dict[Organisation, str]:
        chosen = set(self.cleaned_data["conflicts"])
        return {company: self.cleaned_data["reason"] for company in self.companies if str(company.pk) in chosen}


class PointsInput(forms.NumberInput):
    """A whole number of points, with the most that may be given behind it."""

    def __init__(self, most: int) -> None:
        super().__init__({"inputmode": "numeric", "step": "1", "data-width": "number", "aria-required": "true"})
        self.unit = _("/ %(max)s점") % {"max": most}


class SheetForm(forms.Form):
    """A score per criterion, or why one abstains; saved as it stands, insisted on only when locking."""

    def __init__(self, *args: Any, criteria: Iterable[Criterion], sheet: ScoreSheet, **options: Any) -> None:
        self.criteria = list(criteria)
        items = {item.criterion_id: item for item in sheet.items.all()}
        initial: dict[str, Any] = {"comment": sheet.comment}
        for criterion in self.criteria:
            item = items.get(criterion.pk)
            if item is not None:
                initial |= {f"score_{criterion.order}": item.score, f"why_{criterion.order}": item.reason}
        super().__init__(*args, **{"initial": initial, **options})
        for criterion in self.criteria:
            self._add(criterion)
        self.fields["comment"] = forms.CharField(
            label=_("의견"), widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=3000
        )

    def _add(self, criterion: Criterion) -> None:
        score = forms.IntegerField(
            label=criterion.name_text,
            help_text=criterion.guide_text,
            min_value=0,
            max_value=criterion.max_points,
            required=False,
            widget=PointsInput(criterion.max_points),
        )
        # A sheet is saved half done; what locking insists on is marked all the same.
        score.mark = _("필수")  # type: ignore[attr-defined]
        why = forms.CharField(
            label=_("%(name)s: 점수를 매기지 않는 까닭") % {"name": criterion.name_text},
            required=False,
            max_length=500,
        )
        why.mark = _("기권할 때 필수")  # type: ignore[attr-defined]
        self.fields[f"score_{criterion.order}"], self.fields[f"why_{criterion.order}"] = score, why

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each criterion's score with the reason that may stand in its place."""
        return [(self[f"score_{one.order}"], self[f"why_{one.order}"]) for one in self.criteria]

    def insist(self) -> bool:
        """Before locking: every criterion has its score or a reason; says so at each that has neither."""
        for criterion in self.criteria:
            name = f"score_{criterion.order}"
            given = self.cleaned_data.get(name) is not None or self.cleaned_data.get(f"why_{criterion.order}")
            if not given and name not in self.errors:
                self.add_error(name, _("점수를 적거나, 기권하는 까닭을 적어 주십시오."))
        return not self.errors

    def scores(self) -> dict[str, int | None]:
        """What fits, by criterion code; a score out of range is left to the person to mend."""
        good = [criterion for criterion in self.criteria if f"score_{criterion.order}" not in self.errors]
        return {criterion.code: self.cleaned_data.get(f"score_{criterion.order}") for criterion in good}

    def reasons(self) -> dict[str, str]:
        return {criterion.code: self.cleaned_data.get(f"why_{criterion.order}", "") for criterion in self.criteria}


class FindingForm(forms.Form):
    """An officer's finding on one rule of one application."""

    outcome = forms.ChoiceField(label=_("판단"), choices=Finding.choices, widget=forms.RadioSelect)
    evidence = forms.CharField(label=_("근거"), help_text=_("무엇을 보고 판단했는지 적어 주십시오."), max_length=1000)
    sentence = forms.CharField(
        label=_("신청 기업에 알릴 문장"), help_text=_("부적합일 때 필요합니다."), required=False, max_length=1000
    )

    def __init__(self, *args: Any, finding: EligibilityFinding | None = None, **options: Any) -> None:
        initial = {"outcome": finding.outcome} if finding else {}
        super().__init__(*args, **{"initial": initial, **options})


class SupplementForm(forms.Form):
    """Which questions open again, what is missing, until when."""

    blocks = forms.MultipleChoiceField(label=_("보완할 문항"), widget=forms.CheckboxSelectMultiple)
    missing = forms.CharField(label=_("보완할 내용"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)
    due_at = forms.DateTimeField(
        label=_("보완 기한"), widget=DateTimeInput, input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
    )

    def __init__(self, *args: Any, form: Questions, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = [block for block in form.blocks() if block.kind != "company_card" and not block.from_stage]
        choices = [(block.code, block.label_text) for block in asked]
        self.fields["blocks"].choices = choices  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What an appeal comes to; the remedy only where one can be upheld now."""

    outcome = forms.ChoiceField(label=_("결정"), widget=forms.RadioSelect)
    reasons = forms.CharField(
        label=_("결정 이유"), widget=forms.Textarea(attrs={"rows": 8}), required=False, max_length=5000
    )
    remedy = forms.ChoiceField(
        label=_("구제"), help_text=_("인용하거나 일부 인용할 때만 고릅니다. 실행은 담당자가 합니다."), required=False
    )

    def __init__(self, *args: Any, outcomes: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        given = list(outcomes)
        self.fields["outcome"].choices = [(code, AppealStatus(code).label) for code in given]  # type: ignore[attr-defined]
        if {AppealStatus.UPHELD, AppealStatus.PARTLY} & set(given):
            self.fields["remedy"].choices = [("", _("없음")), *Remedy.choices]  # type: ignore[attr-defined]
        else:
            del self.fields["remedy"]


class LotteryForm(forms.Form):
    public_value = forms.CharField(
        label=_("공개 값"),
        help_text=_("우리가 정할 수 없는 값(예: 공고에 밝힌 날의 공개 난수). 등록하면 바꿀 수 없습니다."),
        max_length=64,
    )


class PanelForm(forms.Form):
    """Who sits on a stage's panel."""

    evaluators = forms.ModelMultipleChoiceField(
        Evaluator.objects.none(), label=_("평가위원"), widget=forms.CheckboxSelectMultiple
    )
    chair = forms.ModelChoiceField(Evaluator.objects.none(), label=_("위원장"), required=False)
    substitutes = forms.ModelMultipleChoiceField(
        Evaluator.objects.none(), label=_("예비위원"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, call: Call, **options: Any) -> None:
        super().__init__(*args, **options)
        pool = (
            Evaluator.objects.filter(cluster=call.cluster, active=True)
            .select_related("user")
            .order_by("user__name", "pk")
        )
        self.fields["evaluators"].queryset = pool  # type: ignore[attr-defined]
        self.fields["chair"].queryset = pool  # type: ignore[attr-defined]
        self.fields["substitutes"].queryset = pool  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("chair") and cleaned["chair"] not in cleaned.get("evaluators", ()):
            self.add_error("chair", _("위원장은 평가위원 가운데에서 골라 주십시오."))
        if set(cleaned.get("evaluators", ())) & set(cleaned.get("substitutes", ())):
            self.add_error("substitutes", _("한 사람을 위원과 예비위원으로 함께 고를 수 없습니다."))
        return cleaned


class DecideForm(forms.Form):
    publish_at = forms.DateTimeField(
        label=_("자동 발표 시각"),
        help_text=_("비워 두면 결재자가 직접 발표합니다."),
        required=False,
        widget=DateTimeInput,
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
    )
