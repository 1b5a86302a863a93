"""Forms with which the office makes a run."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from college import queries
from college.enums import Admission
from college.models import Course, Lesson, Run
from college.naming import campus, title
from college.policy import LEAST_PER_S, MOST_PER_S
from college.tables import instant
from college.waitingroom import RATE_PER_S
from portal.accounts.models import User
from portal.core.ui.fields import DateInput, DateTimeInput, WonField
from portal.intake.models import Call

CAMPUSES = ("mapo", "gaepo")
_RUN_FIELDS = (
    "campus", "number", "admission", "call", "capacity", "opens_at", "closes_at", "late_join_until", "starts_date", "ends_date",
    "fee_won",
)  # fmt: skip
#: A timetable longer than half a year in one go is a slip of the hand.
LONGEST_DAYS = 190


class CallField(forms.ModelChoiceField):
    """Calls by their title, and when they take applications."""

    def label_from_instance(self, obj: Call) -> str:
        """The title of the last version where none is published yet."""
        version = obj.current or obj.versions.order_by("-number").first()
        return f"{version.title_text if version else obj.code} ({instant(obj.opens_at)} ~ {instant(obj.closes_at)})"


class RunForm(forms.Form):
    """Everything about a run that its students read before they ask for a seat."""

    course = forms.ChoiceField(label=_("과정"))
    campus = forms.ChoiceField(label=_("교육장"))
    number = forms.IntegerField(label=_("기수"), min_value=1, max_value=999, help_text=_("예: 3"))
    admission = forms.ChoiceField(label=_("모집 방식"), choices=Admission)
    call = CallField(
        Call.objects.none(),
        label=_("선발할 모집공고"),
        required=False,
        to_field_name="code",
        empty_label=_("없음"),
        help_text=_("선발로 모집할 때만 고릅니다. 기수를 공고하면 신청 기간은 이 공고의 접수 기간을 따릅니다."),
    )
    waiting_room = forms.BooleanField(
        label=_("신청을 시작할 때 대기실을 엽니다"),
        required=False,
        help_text=_("신청이 한꺼번에 몰릴 선착순 기수에 씁니다. 시작 30분 전부터 번호를 나누어 줍니다."),
    )
    admit_per_s = forms.IntegerField(
        label=_("1초에 들어가는 사람"),
        min_value=LEAST_PER_S,
        max_value=MOST_PER_S,
        initial=RATE_PER_S,
        help_text=_("대기실을 열 때만 씁니다. 서버가 견디는 만큼만 적어 주십시오."),
    )
    capacity = forms.IntegerField(label=_("정원"), min_value=1, max_value=100_000)
    opens_at = forms.DateTimeField(label=_("신청 시작"), widget=DateTimeInput)
    closes_at = forms.DateTimeField(label=_("신청 마감"), widget=DateTimeInput)
    starts_date = forms.DateField(label=_("개강일"), widget=DateInput)
    ends_date = forms.DateField(label=_("종강일"), widget=DateInput)
    late_join_until = forms.DateTimeField(
        label=_("추가 합류 마감"), widget=DateTimeInput, help_text=_("이때까지 빈자리를 대기자에게 제안합니다.")
    )
    attendance_percent = forms.IntegerField(label=_("수료에 필요한 출석률(%)"), min_value=0, max_value=100, initial=80)
    fee_won = WonField(label=_("수강료"), min_value=0, initial=0, help_text=_("무료이면 0을 적어 주십시오."))
    policy_version = forms.CharField(label=_("운영 기준 판"), max_length=40, help_text=_("예: 2026-1"))

    def __init__(self, *args: Any, courses: Sequence[Course], run: Run | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        linked = self.fields["call"]
        assert isinstance(linked, forms.ModelChoiceField)
        linked.queryset = queries.calls_to_link(courses, run)
        self.courses = {course.code: course for course in courses}
        choices: dict[str, list[tuple[str, Any]]] = {
            "course": [(code, title(course)) for code, course in self.courses.items()],
            "campus": [(code, campus(code)) for code in CAMPUSES],
        }
        for name, options in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for earlier, later, text in (
            ("opens_at", "closes_at", _("신청 마감은 신청 시작보다 뒤여야 합니다.")),
            ("starts_date", "ends_date", _("종강일은 개강일과 같거나 뒤여야 합니다.")),
            ("closes_at", "late_join_until", _("추가 합류 마감은 신청 마감과 같거나 뒤여야 합니다.")),
        ):
            first, second = given.get(earlier), given.get(later)
            if (
                first is not None
                and second is not None
                and (second < first or (first == second and later == "closes_at"))
            ):
                self.add_error(later, text)
        by_selection = given.get("admission") == Admission.SELECTION
        if by_selection and not given.get("call") and "call" not in self.errors:
            self.add_error("call", _("선발로 모집하려면 모집공고를 골라 주십시오."))
        elif given.get("call") and not by_selection:
            self.add_error("call", _("모집공고는 선발로 모집할 때만 고릅니다."))
        if given.get("waiting_room") and given.get("admission") != Admission.FIRST_COME:
            self.add_error("waiting_room", _("대기실은 선착순으로 모집할 때만 엽니다."))
        return given

    def code(self) -> str:
        """The run's code: course, campus and number."""
        given = self.cleaned_data
        return f"{given['course']}-{given['campus']}-{given['number']}"

    def fields_of_run(self) -> dict[str, Any]:
        return {
            "course": self.courses[self.cleaned_data["course"]],
            **{name: self.cleaned_data[name] for name in _RUN_FIELDS},
        }

    def policy(self, standing: dict[str, Any]) -> dict[str, Any]:
        """The run's policy with what the form decides; other parts stay."""
        made, given = copy.deepcopy(standing), self.cleaned_data
        made["version"] = given["policy_version"]
        made.setdefault("completion", {})["attendance_percent"] = given["attendance_percent"]
        made["seats"] = {**made.get("seats", {}), **{name: given[name] for name in ("waiting_room", "admit_per_s")}}
        return made

    @staticmethod
    def told(run: Run) -> dict[str, Any]:
        """A draft as its form shows it."""
        return {
            **{name: getattr(run, name) for name in _RUN_FIELDS},
            "course": run.course.code,
            "call": run.call.code if run.call else None,
            "waiting_room": run.rules.seats.waiting_room,
            "admit_per_s": run.rules.seats.admit_per_s,
            "attendance_percent": run.rules.completion.attendance_percent,
            "policy_version": run.policy_version,
        }


class LessonForm(forms.Form):
    """One lesson, or one on every working day up to another day."""

    on = forms.DateField(label=_("수업일"), widget=DateInput)
    until = forms.DateField(
        label=_("이 날까지 근무일마다 되풀이"),
        widget=DateInput,
        required=False,
        help_text=_("하루만 넣으려면 비워 두십시오."),
    )
    starts = forms.TimeField(label=_("시작 시각"), widget=forms.TimeInput(attrs={"type": "time"}), initial="09:00")
    ends = forms.TimeField(label=_("끝나는 시각"), widget=forms.TimeInput(attrs={"type": "time"}), initial="18:00")
    units = forms.IntegerField(label=_("출석 단위"), min_value=1, max_value=24, initial=1)
    title_ko = forms.CharField(label=_("주제"), max_length=120, required=False)
    room = forms.CharField(label=_("강의실"), max_length=60, required=False)
    instructor = forms.ChoiceField(label=_("강사"), required=False)

    def __init__(self, *args: Any, teachers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["instructor"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("아직 정하지 않음")), *((str(each.pk), each.name) for each in teachers)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, ends, on, until = (given.get(name) for name in ("starts", "ends", "on", "until"))
        if starts is not None and ends is not None and ends <= starts:
            self.add_error("ends", _("끝나는 시각이 시작하는 시각보다 뒤여야 합니다."))
        if on is not None and until is not None and not 0 <= (until - on).days <= LONGEST_DAYS:
            self.add_error("until", _("수업일 뒤 반년 안의 날을 적어 주십시오."))
        return given


class DropForm(forms.Form):
    """The lesson to take out."""

    lesson = forms.ChoiceField(label=_("뺄 차시"))

    def __init__(self, *args: Any, lessons: Sequence[Lesson], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lesson"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.public_id), f"{each.number} · {instant(each.starts_at)}") for each in lessons]
