"""What is taught: courses, their runs with seats and frozen rules, lessons, and the draw of a lottery."""

from __future__ import annotations

import secrets
import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from college import policy as policies
from college.attendance import Session
from college.enums import Admission, DrawStatus, Level, RunStatus, SessionStatus
from ledger import log
from portal.accounts.models import Cluster, User
from portal.intake.models import Call


class Course(models.Model):
    """What can be learnt; ``counts_as_expert`` says whether completing it makes an expert of the plan."""

    code = models.SlugField(max_length=40, unique=True)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="courses")
    title_ko = models.CharField(_("과정 이름"), max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    summary_ko = models.TextField(_("소개"), blank=True)
    summary_en = models.TextField(blank=True)
    level = models.CharField(max_length=10, choices=Level)
    hours = models.PositiveSmallIntegerField(_("시간"))
    counts_as_expert = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("과정")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(level__in=Level.values), name="course_level_known")]

    def __str__(self) -> str:
        return self.title_ko


class Run(models.Model):
    """One holding of a course: seats, times, and its rules, frozen from publishing on."""

    code = models.SlugField(max_length=60, unique=True)
    course = models.ForeignKey(Course, models.PROTECT, related_name="runs")
    campus = models.SlugField(_("교육장"), max_length=30)
    number = models.PositiveSmallIntegerField(_("기수"))
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.DRAFT)
    admission = models.CharField(_("모집 방식"), max_length=12, choices=Admission, default=Admission.FIRST_COME)
    capacity = models.PositiveIntegerField(_("정원"))
    seats_taken = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    opens_at = models.DateTimeField(_("신청 시작"))
    closes_at = models.DateTimeField(_("신청 마감"))
    late_join_until = models.DateTimeField(_("추가 합류 마감"))
    starts_date = models.DateField(_("개강일"))
    ends_date = models.DateField(_("종강일"))
    fee_won = models.BigIntegerField(_("수강료"), default=0)
    policy = models.JSONField(default=dict)
    policy_version = models.CharField(max_length=40)
    call = models.OneToOneField(Call, models.PROTECT, null=True, blank=True, related_name="college_run")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("기수")
        ordering = ["-starts_date", "code"]
        constraints = [
            models.UniqueConstraint(fields=["course", "campus", "number"], name="runs_are_numbered"),
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="run_status_known"),
            models.CheckConstraint(condition=Q(admission__in=Admission.values), name="run_admission_known"),
            models.CheckConstraint(
                condition=Q(seats_taken__gte=0, seats_taken__lte=F("capacity")), name="run_never_oversold"
            ),
            models.CheckConstraint(condition=Q(waiting__gte=0), name="run_waiting_not_negative"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at"), closes_at__lte=F("late_join_until")), name="run_times_in_order"
            ),
            models.CheckConstraint(condition=Q(starts_date__lte=F("ends_date")), name="run_days_in_order"),
            models.CheckConstraint(condition=Q(fee_won__gte=0), name="run_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(call__isnull=True) | Q(admission="SELECTION"), name="run_call_only_by_selection"
            ),
            models.CheckConstraint(
                condition=Q(call__isnull=False) | ~Q(admission="SELECTION") | Q(status="DRAFT"),
                name="run_selects_by_a_call",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def rules(self) -> policies.RunPolicy:
        return policies.read({**self.policy, "version": self.policy_version})

    @property
    def free(self) -> int:
        return self.capacity - self.seats_taken

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="run", ref=self.code)


def new_secret() -> bytes:
    return secrets.token_bytes(32)


class Lesson(models.Model):
    """One lesson of a run in ``[starts_at, ends_at)``; a moved one is a new row naming the one it replaces."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="lessons")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=SessionStatus, default=SessionStatus.PLANNED)
    title_ko = models.CharField(_("주제"), max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    units = models.PositiveSmallIntegerField(default=1)
    room = models.CharField(_("강의실"), max_length=60, blank=True)
    instructor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="college_lessons")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="moved_to")
    secret = models.BinaryField(default=new_secret, editable=False)
    head_count = models.PositiveSmallIntegerField(_("눈으로 센 인원"), null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    marks_root = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("차시")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "number"], condition=~Q(status="CANCELLED"), name="lessons_are_numbered"
            ),
            models.CheckConstraint(condition=Q(status__in=SessionStatus.values), name="lesson_status_known"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="lesson_takes_time"),
            models.CheckConstraint(condition=Q(units__gte=1), name="lesson_has_units"),
            models.CheckConstraint(
                condition=~Q(status="SEALED") | Q(sealed_at__isnull=False, marks_root__regex=r"^[0-9a-f]{64}$"),
                name="lesson_sealed_has_root",
            ),
            ExclusionConstraint(
                name="instructor_in_one_place",
                expressions=[
                    ("instructor", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(instructor__isnull=False) & ~Q(status="CANCELLED"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.number}"

    @property
    def pure(self) -> Session:
        """This lesson as the rules of attendance read it."""
        return Session(self.starts_at, self.ends_at, self.units, cancelled=self.status == SessionStatus.CANCELLED)

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="lesson", ref=str(self.public_id))


class Draw(models.Model):
    """The lottery of a run: committed to, listed, drawn with a public value nobody here controls."""

    run = models.OneToOneField(Run, models.PROTECT, related_name="draw")
    status = models.CharField(max_length=10, choices=DrawStatus, default=DrawStatus.SEALED)
    secret = models.BinaryField(editable=False)
    commitment = models.CharField(max_length=64)
    public_name = models.CharField(_("공개 값"), max_length=200)
    list_root = models.CharField(max_length=64, blank=True)
    ids = models.JSONField(null=True, blank=True)
    public_value = models.CharField(max_length=200, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    result = models.JSONField(null=True, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("추첨")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=DrawStatus.values), name="draw_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["LISTED", "DRAWN"]) | Q(ids__isnull=False, list_root__regex=r"^[0-9a-f]{64}$"),
                name="draw_listed_has_list",
            ),
            models.CheckConstraint(
                condition=~Q(status="DRAWN") | Q(result__isnull=False, seed__regex=r"^[0-9a-f]{64}$"),
                name="draw_drawn_has_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="draw", ref=self.run.code)
