"""Forms about instructors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from college.models import Course, Lesson
from college.naming import title
from college.tables import instant
from portal.accounts.models import User


class DateInput(forms.DateInput):
    """A day by the browser's own picker."""

    input_type = "date"


def _choose(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", _("고르십시오")), *choices]


class QualificationForm(forms.Form):
    """Who may teach what, shown by what, from when until when."""

    instructor = forms.ChoiceField(label=_("강사"))
    course = forms.ChoiceField(label=_("과정"))
    evidence = forms.CharField(
        label=_("자격 근거"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("경력, 학위, 자격증, 시강 평가처럼 다른 사람이 확인할 수 있는 것을 적어 주십시오."),
    )
    valid_from = forms.DateField(label=_("유효 시작일"), widget=DateInput)
    valid_to = forms.DateField(label=_("유효 종료일"), widget=DateInput, help_text=_("이날부터는 가르칠 수 없습니다."))

    def __init__(self, *args: Any, teachers: Sequence[User], courses: Sequence[Course], **options: Any) -> None:
        super().__init__(*args, **options)
        self._teachers = {str(one.pk): one for one in teachers}
        self._courses = {one.code: one for one in courses}
        _choose(self, "instructor", [(key, one.name) for key, one in self._teachers.items()])
        _choose(self, "course", [(key, title(one)) for key, one in self._courses.items()])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        found: Mapping[str, Any] = {
            "instructor": self._teachers.get(given.get("instructor", "")),
            "course": self._courses.get(given.get("course", "")),
        }
        return {**given, **{name: one for name, one in found.items() if one is not None}}


class AssignForm(forms.Form):
    """Another instructor for one lesson to come."""

    lesson = forms.ChoiceField(label=_("차시"))
    instructor = forms.ChoiceField(label=_("강사"))

    def __init__(self, *args: Any, lessons: Sequence[Lesson], teachers: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self._lessons = {str(one.public_id): one for one in lessons}
        self._teachers = {str(one.pk): one for one in teachers}
        _choose(
            self, "lesson", [(key, f"{one.number} · {instant(one.starts_at)}") for key, one in self._lessons.items()]
        )
        _choose(self, "instructor", [(key, one.name) for key, one in self._teachers.items()])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        return {"lesson": self._lessons[given["lesson"]], "instructor": self._teachers[given["instructor"]]}
