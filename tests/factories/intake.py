"""A round for tests: a call with its people, driven by the services. The programme ``trial`` lives in the room ``space``."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.accounts.models import Organisation, User
from portal.intake import registry, services
from portal.intake.models import Application, Call, Evaluator, ScoreSheet, Stage
from portal.intake.registry import Fit, Problem
from tests.factories import people

OPENS = datetime(2019, 11, 22, 1, 0, tzinfo=UTC)
CLOSES = datetime(2019, 12, 9, 9, 0, tzinfo=UTC)
REVIEW = datetime(2019, 12, 12, 1, 0, tzinfo=UTC)
_count = itertools.count(1)


@dataclass
class Trial:
    """A programme that records how it was called back, and refuses what the test tells it to refuse."""

    code: str = "trial"
    room: str = "space"
    words: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    objections: list[Problem] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    misfits: set[str] = field(default_factory=set)

    def check_call(self, version: Any) -> list[Problem]:
        return self.objections

    def preview(self, decision: Any) -> list[Problem]:
        return self.objections

    def published(self, line: Any, *, by: Any, now: datetime) -> None:
        if str(line.application) in self.refuses:
            raise RuntimeError("the room refuses this line")
        self.calls.append(("published", str(line.application)))

    def fits(self, entry: Any, freed: Any) -> Fit:
        misfit = str(entry.application) in self.misfits
        return Fit(ok=not misfit, reason="맞는 공간이 아닙니다." if misfit else "")

    def left(self, application: Any, *, why: str, by: Any, now: datetime) -> None:
        self.calls.append((why, str(application)))

    def reset(self) -> None:
        self.calls, self.objections, self.refuses, self.misfits = [], [], set(), set()


TRIAL = Trial()
registry.register(TRIAL)

FORM: dict[str, Any] = {
    "sections": [
        {
            "code": "company",
            "name": {"ko": "기업", "en": "Company"},
            "blocks": [
                {
                    "code": "card",
                    "kind": "company_card",
                    "label": {"ko": "기업 정보", "en": "Company"},
                    "hidden_when_blind": True,
                },
                {"code": "people", "kind": "integer", "label": {"ko": "직원 수", "en": "Staff"}, "required": True},
            ],
        },
        {
            "code": "plan",
            "name": {"ko": "사업계획", "en": "Plan"},
            "blocks": [
                {"code": "idea", "kind": "long_text", "label": {"ko": "사업 내용", "en": "Business"}, "required": True},
                {"code": "deck", "kind": "file", "label": {"ko": "사업계획서", "en": "Business plan"}},
                {
                    "code": "taxes",
                    "kind": "declaration",
                    "label": {"ko": "세금 완납", "en": "Taxes paid"},
                    "required": True,
                },
            ],
        },
    ]
}
ANSWERS: dict[str, dict[str, Any]] = {"company": {"people": 4}, "plan": {"idea": "분산원장 물류", "taxes": True}}


def definition(**changes: Any) -> dict[str, Any]:
    """A small call: two tracks, two stages, mean of all sheets, pass mark 60."""
    return {
        "code": f"trial-{next(_count)}",
        "prefix": f"T{next(_count)}",
        "title": {"ko": "시험 공고", "en": "Trial call"},
        "summary": {"ko": "시험입니다.", "en": "A trial."},
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "tracks": [
            {
                "code": "DOMESTIC",
                "name": {"ko": "국내기업", "en": "Domestic"},
                "quota": 2,
                "reserve": 2,
                "spill": ["FOREIGN"],
            },
            {
                "code": "FOREIGN",
                "name": {"ko": "국외기업", "en": "Foreign"},
                "quota": 1,
                "reserve": 1,
                "spill": ["DOMESTIC"],
            },
        ],
        "stages": [
            stage("DOCUMENT", 3000, go_on=5, criteria=[("기술성", 5000), ("시장성", 5000)]),
            stage("PRESENTATION", 7000, go_on=None, criteria=[("수행역량", 6000), ("발전성", 4000)]),
        ],
        "eligibility": [
            {"rule": "company_age", "parameters": {"years": 7, "counted_at": "NOTICE"}},
            {"rule": "tax_clear", "parameters": {"block": "taxes", "accept_declaration": True}},
        ],
        "form": FORM,
        **changes,
    }


def stage(code: str, share: int, *, go_on: Any, criteria: list[tuple[str, int]], **changes: Any) -> dict[str, Any]:
    rule = {"combine": "mean", "min_sheets": 1, "pass_mark": "60", "tie_break": [criteria[0][0], "lottery"]}
    return {
        "code": code,
        "name": {"ko": code.title(), "en": code.title()},
        "share_bp": share,
        "go_on": go_on,
        "per_file": 2,
        "criteria": [{"code": name, "max_points": 25, "weight_bp": weight} for name, weight in criteria],
        "rule": rule,
        **changes,
    }


@dataclass
class Round:
    """A call and everyone around it; each step is one service call."""

    call: Call
    officer: User
    approver: User
    masters: list[User] = field(default_factory=list)
    evaluators: list[Evaluator] = field(default_factory=list)

    @property
    def stages(self) -> list[Stage]:
        return list(self.call.stages.select_related("call__current", "call__cluster").order_by("number"))

    def apply(self, *, track: str = "DOMESTIC", name: str = "", now: datetime = OPENS, **company: Any) -> Application:
        """A company with its own master starts, fills in every page and sends."""
        application = self.draft(track=track, name=name, now=now, **company)
        services.submit(application=application, key="k", by=self.masters[-1], now=now)
        application.refresh_from_db()
        return application

    def draft(self, *, track: str = "DOMESTIC", name: str = "", now: datetime = OPENS, **company: Any) -> Application:
        master = people.person()
        self.masters.append(master)
        company = {"opened_date": datetime(2016, 5, 1).date(), **company}
        organisation = people.company(master, name=name or f"기업{next(_count):03}", **company)
        application = services.start_application(
            call=self.call, organisation=organisation, track=self.call.tracks.get(code=track), by=master, now=now
        )
        for section, answers in ANSWERS.items():
            services.save_draft(
                application=application, section=section, answers=answers, version=0, by=master, now=now
            )
        return application

    def close(self) -> None:
        self.call = services.close_call(call=self.call, by=self.officer, now=CLOSES)
        services.draw_lottery(call=self.call, public_value="drand-2019-12-10", by=self.officer, now=REVIEW)

    def check_eligibility(self) -> None:
        services.record_findings(call=self.call, by=self.officer, now=REVIEW)
        self.tell(services.prepare_eligibility(call=self.call, by=self.officer, now=REVIEW))

    def tell(self, decision: Any) -> None:
        services.decide(decision=decision, by=self.approver, now=REVIEW)
        services.publish(decision=decision, by=self.approver, now=REVIEW)

    def seat(self, *, size: int = 2) -> None:
        """A panel for each stage, everyone pledged."""
        self.evaluators = [evaluator(self.call, by=self.officer) for _ in range(size)]
        for each in self.stages:
            services.form_panel(stage=each, evaluators=self.evaluators, by=self.officer, now=REVIEW)
        for judge in self.evaluators:
            services.sign_pledge(call=self.call, by=judge.user, now=REVIEW)

    def assign(self, number: int) -> Stage:
        stage = self.stages[number - 1]
        services.open_stage(stage=stage, by=self.officer, now=REVIEW)
        services.propose_assignments(stage=stage, by=self.officer, now=REVIEW)
        services.confirm_assignments(stage=stage, by=self.officer, now=REVIEW)
        return stage

    def score(self, stage: Stage, points: Mapping[str, int]) -> None:
        """Every evaluator gives each file its points on every criterion, and locks."""
        for sheet in open_sheets(stage):
            given = points[str(sheet.assignment.application)]
            judge = sheet.assignment.member.evaluator.user
            codes = [criterion.code for criterion in stage.criteria.all()]
            services.fill_sheet(sheet=sheet, scores=dict.fromkeys(codes, given), by=judge, now=REVIEW)
            services.lock_sheet(sheet=sheet, by=judge, now=REVIEW)

    def play_to_final(self, points: Mapping[str, int]) -> Any:
        """From closing to a prepared final decision; the points are those of both stages."""
        self.close()
        self.check_eligibility()
        self.seat()
        first = self.assign(1)
        self.score(first, points)
        services.settle_stage(stage=first, by=self.officer, now=REVIEW)
        self.tell(services.prepare_shortlist(stage=first, by=self.officer, now=REVIEW))
        second = self.assign(2)
        self.score(second, points)
        services.settle_stage(stage=second, by=self.officer, now=REVIEW)
        return services.prepare_final(call=self.call, by=self.officer, now=REVIEW)


def open_round(**changes: Any) -> Round:
    """A published call in the cluster ``seoul`` with its officer and approver."""
    TRIAL.reset()
    cluster = people.cluster("seoul")
    officer = people.with_role("space.officer", cluster=cluster)
    approver = people.with_role("space.approver", cluster=cluster)
    call = services.create_call(
        cluster=cluster, programme="trial", data=definition(**changes), by=officer, now=OPENS - timedelta(days=1)
    )
    services.publish_call(call=call, by=approver, now=OPENS)
    return Round(call, officer, approver)


def evaluator(call: Call, *, by: User, user: User | None = None, **entry: Any) -> Evaluator:
    user = user or people.person(name=f"위원{next(_count)}")
    return services.add_evaluator(user=user, cluster=call.cluster, by=by, now=REVIEW, **entry)


def open_sheets(stage: Stage) -> list[ScoreSheet]:
    rows = ScoreSheet.objects.filter(assignment__stage=stage, status="OPEN").order_by("pk")
    return list(
        rows.select_related(
            "assignment__stage__call__current",
            "assignment__stage__call__cluster",
            "assignment__member__evaluator__user",
            "assignment__application",
        )
    )


def master_of(application: Application) -> User:
    """The master account of the application's company."""
    return application.organisation.memberships.get(kind="MASTER").user


def company_of(user: User) -> Organisation:
    return user.memberships.get().organisation
