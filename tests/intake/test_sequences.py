"""Any sequence of steps, by anybody, with stale pages and double clicks: what must never happen does not happen.

A script drives the round forward with the right people; between its steps come acts of wrong people, on rows read long
ago, pressed twice. A service may refuse (``Refused``); anything else fails the test.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger import log
from portal.accounts.enums import MemberKind
from portal.accounts.models import Membership
from portal.accounts.second_factor import CONFIRMED
from portal.core.errors import Refused
from portal.intake import blind, queries, services
from portal.intake.canonical import digest
from portal.intake.errors import DraftClash
from portal.intake.models import (
    Appeal,
    Application,
    Assignment,
    Challenge,
    Conflict,
    Decision,
    DisqualificationCase,
    Draft,
    Interest,
    Member,
    RankingRun,
    ResultNotice,
    Revision,
    ScoreSheet,
    SupplementRequest,
)
from portal.intake.queries import ENTERED
from portal.intake.views.review import answers_for_panel, name_of
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, OPENS, REVIEW, TRIAL

pytestmark = pytest.mark.django_db
#: How many examples; ``SEQUENCES=300`` for a long run.
EXAMPLES = int(os.environ.get("SEQUENCES", "9"))
WHO = st.integers(0, 10)
WHICH = st.integers(0, 2)
#: The masters, a colleague, an officer, a stranger.
WRITERS = st.sampled_from([0, 1, 2, 8, 3, 7])
TEXT = st.sampled_from(["첫 계획", "둘째 계획", "셋째 계획"])
POINTS = st.sampled_from([None, 0, 12, 20, 25])
CODES = ("기술성", "시장성")
#: What the sequences came through; a run that never published or clashed would prove nothing.
SEEN: Counter[str] = Counter()


class Round(RuleBasedStateMachine):
    """Three companies, two judges, one blind stage, one place and one reserve."""

    @initialize(
        ahead=st.sampled_from([0, 0, 6, 9, 11]),
        early=st.lists(st.tuples(WHICH, WRITERS, TEXT, st.integers(0, 3), st.booleans()), min_size=2, max_size=4),
        asked=st.tuples(WHICH, WHO, st.booleans(), TEXT, st.booleans()),
    )
    def begin(self, ahead, early, asked):
        self.outer = transaction.atomic()
        self.outer.__enter__()
        one = factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[(code, 5000) for code in CODES], blind=True)
        track = {**factory.definition()["tracks"][0], "quota": 1, "reserve": 1, "spill": []}
        self.trial = factory.open_round(stages=[one], tracks=[track])
        self.files = [self.trial.draft() for _ in range(3)]
        self.judges = [factory.evaluator(self.trial.call, by=self.trial.officer) for _ in range(2)]
        self.actors = [*self.trial.masters, self.trial.officer, self.trial.approver, people.person()]
        self.actors += [judge.user for judge in self.judges]
        colleague = people.person()
        Membership.objects.create(
            organisation=self.files[0].organisation, user=colleague, kind=MemberKind.MEMBER, since_at=people.NOW
        )
        cluster = self.trial.call.cluster
        self.actors += [
            colleague,
            people.with_role("space.appeal_reviewer", cluster=cluster),
            people.with_role("auditor"),
        ]
        self.now, self.step = OPENS, 0
        self.saved = {one.pk: factory.ANSWERS["plan"]["idea"] for one in self.files}
        self.stale = list(self.files)
        self.stale_sheets = []
        self.old = {}
        self.clashes = []
        self.sent = {}
        for written in early:
            self.save(*written)
        for _ in range(ahead):
            if self.step == 2:
                self.supplement(*asked)
            self.go_on(repeat=False)

    def teardown(self):
        if not hasattr(self, "outer"):
            return
        with connection.cursor() as cursor:
            # What a commit would check: every moved row has its leaf.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def attempt(self, act, **given):
        """The act, or None where it is politely refused."""
        try:
            with transaction.atomic():
                done = act(**given, now=self.now)
        except Refused:
            SEEN["refused"] += 1
            return None
        SEEN[act.__name__] += 1
        return done

    def file(self, which):
        return Application.objects.select_related("call__current", "call__cluster", "organisation", "track").get(
            pk=self.files[which].pk
        )

    # --- The script, one step at a time -------------------------------------------------------------------------------

    @rule(repeat=st.booleans())
    def go_on(self, repeat):
        script = (self.send_all, self.close, self.find, self.tell_eligibility, self.seat, self.assign, self.lock_all,
                  self.settle, self.prepare, self.decide, self.publish)  # fmt: skip
        script[min(self.step, len(script) - 1)]()
        if not repeat:
            self.step += 1

    def send_all(self):
        for which in range(len(self.files)):
            self.send(which, which, 0)

    def close(self):
        self.now = max(self.now, CLOSES)
        if call := self.attempt(services.close_call, call=self.fresh_call(), by=self.trial.officer):
            self.trial.call = call
        self.attempt(services.draw_lottery, call=self.fresh_call(), public_value="drand", by=self.trial.officer)
        self.now = REVIEW

    def fresh_call(self):
        return type(self.trial.call).objects.select_related("current", "cluster").get(pk=self.trial.call.pk)

    def find(self):
        self.attempt(services.record_findings, call=self.fresh_call(), by=self.trial.officer)

    def tell_eligibility(self):
        self.attempt(services.prepare_eligibility, call=self.fresh_call(), by=self.trial.officer)
        self.decide()
        self.publish()

    def stage(self):
        return self.trial.stages[0]

    def seat(self):
        self.attempt(
            services.form_panel, stage=self.stage(), evaluators=self.judges, chair=self.judges[0], by=self.trial.officer
        )
        for judge in self.judges:
            self.attempt(services.sign_pledge, call=self.fresh_call(), by=judge.user)

    def assign(self):
        self.attempt(services.open_stage, stage=self.stage(), by=self.trial.officer)
        self.give_by_hand(0, 0, self.trial.officer)
        self.read_pages(self.judges[0].user)

    def give_by_hand(self, which, judge, *by):
        """A proposal by rule, one file by hand, both confirmed."""
        self.attempt(services.propose_assignments, stage=self.stage(), by=self.trial.officer)
        rows = Member.objects.select_related("panel__stage", "evaluator").filter(evaluator=self.judges[judge])
        for who in by:
            if member := rows.first():
                self.attempt(services.assign_by_hand, stage=self.stage(), application=self.file(which), member=member, by=who)  # fmt: skip
        self.attempt(services.confirm_assignments, stage=self.stage(), by=self.trial.officer)

    def lock_all(self):
        for sheet in factory.open_sheets(self.stage()):
            judge = sheet.assignment.member.evaluator.user
            self.attempt(services.fill_sheet, sheet=sheet, scores=dict.fromkeys(CODES, 20), by=judge)
            self.attempt(services.lock_sheet, sheet=sheet, by=judge)

    def settle(self):
        self.lock_all()
        self.attempt(services.settle_stage, stage=self.stage(), by=self.trial.officer)

    def prepare(self):
        self.attempt(services.prepare_final, call=self.fresh_call(), by=self.trial.officer)

    def decision(self):
        return Decision.objects.select_related("call__current", "call__cluster").order_by("-pk").first()

    def decide(self, who=4):
        if decision := self.decision():
            self.old.setdefault(decision.pk, decision)
            self.attempt(services.decide, decision=self.decision(), by=self.actors[who])

    def publish(self, who=4):
        if decision := self.decision():
            self.attempt(services.publish, decision=decision, by=self.actors[who])

    # --- Disturbances -------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.step < 3)
    @rule(which=WHICH, who=WRITERS, text=TEXT, version=st.integers(0, 3), stale=st.booleans())
    def save(self, which, who, text, version, stale):
        answers = {"idea": text, "taxes": True}
        before = Draft.objects.get(application=self.files[which], section="plan").answers
        target = self.stale[which] if stale else self.file(which)
        try:
            with transaction.atomic():
                services.save_draft(application=target, section="plan", answers=answers, version=version, by=self.actors[who], now=self.now)  # fmt: skip
            self.saved[self.files[which].pk] = text
            SEEN["saved"] += 1
        except Refused as refusal:
            if isinstance(refusal, DraftClash):
                SEEN["clash"] += 1
                self.clashes.append((refusal.yours, refusal.theirs) == (answers, before))

    @rule(which=WHICH, who=WHO, key=st.integers(0, 1))
    def send(self, which, who, key):
        sent = self.attempt(services.submit, application=self.stale[which], key=f"k{key}", by=self.actors[who])
        if sent is not None:
            again = self.attempt(services.submit, application=self.stale[which], key=sent.key, by=self.actors[who])
            assert again.pk == sent.pk
            assert sent.received_at < CLOSES
            if sent.number == Revision.objects.filter(application=sent.application_id).count():
                self.sent[sent.pk] = sent.content["answers"]["idea"]
        else:
            self.stale[which] = self.file(which)

    @precondition(lambda self: self.step > 2)
    @rule(which=WHICH, who=WHO, own=st.booleans())
    def withdraw(self, which, who, own):
        by = self.trial.masters[which] if own else self.actors[who]
        self.attempt(services.withdraw, application=self.file(which), reason="사정", by=by)

    @precondition(lambda self: self.step > 4)
    @rule(which=WHICH, judge=st.integers(0, 1), who=WHO)
    def recuse(self, which, judge, who):
        organisation = self.files[which].organisation
        self.attempt(services.recuse, call=self.fresh_call(), organisation=organisation, reason="친족", by=self.actors[who])  # fmt: skip

    @precondition(lambda self: self.step > 4)
    @rule(which=WHICH, who=WHO, kind=st.sampled_from(["EMPLOYER", "FAMILY"]))
    def declare(self, which, who, kind):
        company = self.files[which].organisation
        self.attempt(services.declare_interest, kind=kind, name=company.name_ko, business_number=company.business_number, since=OPENS.date(), by=self.actors[who])  # fmt: skip
        # What the outbox does with it.
        self.attempt(services.find_exclusions, call=self.fresh_call(), by=log.SYSTEM)

    @precondition(lambda self: self.step > 4)
    @rule(which=WHICH, judge=st.integers(0, 1), who=WHO)
    def challenge(self, which, judge, who):
        self.attempt(services.file_challenge, application=self.file(which), evaluator=self.judges[judge], grounds="동업", by=self.actors[who])  # fmt: skip

    @precondition(lambda self: self.step > 4)
    @rule(upheld=st.booleans(), who=WHO)
    def answer_challenge(self, upheld, who):
        rows = Challenge.objects.select_related("application__call__cluster", "application__call__current", "evaluator")
        if challenge := rows.first():
            self.attempt(services.decide_challenge, challenge=challenge, upheld=upheld, reasons="이유", by=self.actors[who])  # fmt: skip

    def supplement(self, which, who, own, text, again):
        """Asked, answered by the named question, perhaps asked once more; what was sent before stays."""
        officer, master = (
            (self.trial.officer, self.trial.masters[which]) if own else (self.actors[who], self.actors[who])
        )
        due = {"missing": "더 적어 주십시오.", "due_at": self.now + timedelta(days=3)}
        self.attempt(services.ask_supplement, application=self.file(which), block_codes=["idea"], by=officer, **due)
        for _ in range(1 + again):
            request = SupplementRequest.objects.select_related("application__call").filter(application=self.files[which].pk).last()  # fmt: skip
            if request is None:
                return
            version = Draft.objects.get(application=self.files[which], section="plan").version
            self.save(which, self.actors.index(master), text, version, stale=False)
            key = f"s{Revision.objects.count()}"
            answer = {"request": request, "key": key, "by": master}
            if sent := self.attempt(services.answer_supplement, **answer):
                assert self.attempt(services.answer_supplement, **answer).pk == sent.pk
                self.sent[sent.pk] = sent.content["answers"]["idea"]
            request = SupplementRequest.objects.select_related("application__call__current", "application__call__cluster").get(pk=request.pk)  # fmt: skip
            self.attempt(services.ask_supplement_again, request=request, by=officer, **due)
        self.now = max(self.now, due["due_at"])
        request.refresh_from_db()
        self.attempt(services.close_supplement, request=request, by=self.trial.officer)

    # --- The doors: pages as judges read them, buttons pressed twice ---------------------------------------------------

    def read_pages(self, user):
        """What the browser of a judge is sent says of no company who it is."""
        browser = self.browser(user)
        sheets = list(queries.sheets_of(user))[:1]
        pages = [reverse("intake:review-call", args=[self.trial.call.code])]
        pages += [reverse(f"intake:{name}", args=[sheet.public_id]) for sheet in sheets for name in ("sheet", "others")]
        for page in pages:
            answer = browser.get(page)
            assert answer.status_code in (200, 403, 404), page
            SEEN["page"] += answer.status_code == 200
            for file in self.files:
                file.refresh_from_db()
                names = (file.organisation.name_ko, file.organisation.business_number, file.receipt_number)
                assert not [name for name in names if name and name in answer.text], page

    def press_publish_twice(self, user, page=None):
        """At the page as it is, or at one opened long ago whose decision was prepared anew since."""
        if decision := page or self.decision():
            browser = self.browser(user)
            for _ in range(2):
                answer = browser.post(reverse("intake:decision", args=[decision.public_id]), {"publish": "1"})
                assert answer.status_code < 500
            SEEN["pressed"] += 1

    def browser(self, user):
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[CONFIRMED] = user.pk
        session.save()
        return client

    @precondition(lambda self: self.step > 4)
    @rule(which=WHICH, judge=st.integers(0, 1), who=WHO)
    def assign_again(self, which, judge, who):
        self.give_by_hand(which, judge, self.trial.officer, self.actors[who])

    @precondition(lambda self: self.step > 5)
    @rule(
        position=st.integers(0, 5),
        who=WHO,
        first=POINTS,
        second=POINTS,
        lock=st.booleans(),
        own=st.booleans(),
        stale=st.booleans(),
    )
    def score(self, position, who, first, second, lock, own, stale):
        sheets = list(ScoreSheet.objects.select_related("assignment__stage__call__current", "assignment__member__evaluator__user").order_by("pk"))  # fmt: skip
        if not sheets:
            return
        sheet = sheets[position % len(sheets)]
        if stale and self.stale_sheets:
            sheet = self.stale_sheets[position % len(self.stale_sheets)]
        self.stale_sheets = sheets
        by = sheet.assignment.member.evaluator.user if own else self.actors[who]
        scores = dict(zip(CODES, (first, second), strict=True))
        self.attempt(services.fill_sheet, sheet=sheet, scores=scores, reasons=dict.fromkeys(CODES, "모름"), by=by)
        if lock:
            self.attempt(services.lock_sheet, sheet=sheet, by=by)
            self.attempt(services.lock_sheet, sheet=sheet, by=by)
        if own:
            self.read_pages(by)

    @precondition(lambda self: self.step > 6)
    @rule(position=st.integers(0, 5), who=WHO)
    def give_back(self, position, who):
        sheets = list(ScoreSheet.objects.select_related("assignment__stage__call__cluster", "assignment__member").order_by("pk"))  # fmt: skip
        if sheets:
            sheet = sheets[position % len(sheets)]
            self.attempt(services.ask_reopening, sheet=sheet, reason="착오", by=self.actors[who])
            self.attempt(services.reopen_sheet, sheet=sheet, reason="착오", by=self.trial.officer)

    @precondition(lambda self: self.step > 7)
    @rule(who=WHO, stale=st.booleans(), told=st.booleans())
    def decide_again(self, who, stale, told):
        if stale and self.old:
            old = list(self.old.values())[-1]
            self.attempt(services.decide, decision=old, by=self.actors[who])
            self.attempt(services.publish, decision=old, by=self.actors[who])
            self.press_publish_twice(self.actors[who], old)
            return
        self.prepare()
        self.decide(who)
        if told:
            self.press_publish_twice(self.actors[who])
            self.publish(who)

    # --- After the result ---------------------------------------------------------------------------------------------

    def notice(self, which):
        rows = ResultNotice.objects.select_related("application__call__cluster", "application__call__current", "application__organisation")  # fmt: skip
        return rows.filter(application=self.files[which].pk).order_by("-pk").first()

    @precondition(lambda self: self.step > 3)
    @rule(which=WHICH, who=WHO, own=st.booleans(), outcome=st.sampled_from(["ADMITTED", "UPHELD", "DISMISSED"]))
    def appeal(self, which, who, own, outcome):
        if notice := self.notice(which):
            by = self.trial.masters[which] if own else self.actors[who]
            self.attempt(services.file_appeal, notice=notice, grounds="다시 세어 주십시오", by=by)
        if appeal := Appeal.objects.select_related("application__call__cluster", "application__call__current", "application__organisation").order_by("-pk").first():  # fmt: skip
            by = self.actors[9] if own else self.actors[who]
            for found in ("ADMITTED", outcome):
                self.attempt(services.decide_appeal, appeal=appeal, outcome=found, reasons="이유", by=by)

    @precondition(lambda self: self.step > 10)
    @rule(which=WHICH, who=WHO, own=st.booleans(), late=st.booleans())
    def take_back(self, which, who, own, late):
        officer, approver = (self.trial.officer, self.trial.approver) if own else (self.actors[who], self.actors[who])
        self.attempt(services.notice_case, application=self.file(which), ground="OTHER", evidence="공고 위반", by=officer)  # fmt: skip
        if late:
            self.now += timedelta(days=12)
        rows = DisqualificationCase.objects.select_related("application__call__cluster", "application__call__current", "application__organisation", "application__track", "application__quota_track")  # fmt: skip
        if case := rows.order_by("-pk").first():
            self.attempt(services.decide_case, case=case, upheld=True, reasons="이유", by=approver)

    @precondition(lambda self: self.step > 10)
    @rule(which=WHICH, who=WHO, done=st.booleans())
    def conclude(self, which, who, done):
        act = services.fulfil if done else services.decline
        self.attempt(act, application=self.file(which), by=self.actors[who], **({} if done else {"reason": "사정"}))
        track = self.trial.call.tracks.get(code="DOMESTIC")
        for _ in range(2):
            self.attempt(services.call_next_reserve, track=track, freed=None, by=self.trial.officer)
            self.attempt(services.return_to_reserve, application=self.file(which), reason="사정", by=self.actors[who])

    @precondition(lambda self: self.step > 10)
    @rule(who=WHO, told=st.booleans())
    def correct(self, who, told):
        final = Decision.objects.select_related("call__current", "call__cluster").filter(kind="FINAL").first()
        if final is not None:
            self.attempt(services.reopen_stage, stage=self.stage(), reason="다시", by=self.actors[who])
            self.lock_all()
            self.attempt(services.settle_stage, stage=self.stage(), by=self.trial.officer)
            self.attempt(services.prepare_correction, corrects=final, reason="다시 세었습니다", by=self.actors[who])
        self.decide(4 if told else who)
        self.publish(4 if told else who)

    # --- What always holds --------------------------------------------------------------------------------------------

    @invariant()
    def no_answer_is_lost(self):
        assert all(self.clashes)
        drafts = dict(Draft.objects.filter(section="plan").values_list("application", "answers__idea"))
        assert drafts == self.saved
        revisions = list(Revision.objects.all())
        assert all(revision.sha256 == digest(revision.content) for revision in revisions)
        assert {row.pk: row.content["answers"]["idea"] for row in revisions} == self.sent

    @invariant()
    def identity_stays_hidden(self):
        blocks = list(self.trial.call.current.parsed_form.blocks())
        for judge in self.judges:
            for sheet in queries.sheets_of(judge.user):
                seen = blind.visible(blocks, "evaluator", sheet.assignment.stage)
                assert "card" not in {block.code for block in seen}
                assert sheet.assignment.alias in ("A", "B", "C")
                shown = f"{name_of(sheet)} {[row.value for _section, rows in answers_for_panel(sheet) for row in rows]}"
                organisation = sheet.assignment.application.organisation
                names = (
                    organisation.name_ko,
                    organisation.business_number,
                    sheet.assignment.application.receipt_number,
                )
                assert not any(name in shown for name in names)

    @invariant()
    def no_conflicted_evaluator_scores(self):
        for conflict in Conflict.objects.all():
            pair = {"application__organisation": conflict.organisation_id, "member__evaluator": conflict.evaluator_id}
            rows = Assignment.objects.filter(**pair)
            assert not rows.filter(status__in=["PROPOSED", "CLEARED"]).exists()
            assert not ScoreSheet.objects.filter(assignment__in=rows, status__in=["OPEN", "LOCKED"]).exists()

    @precondition(lambda self: self.step > 4)
    @invariant()
    def who_declared_a_tie_does_not_judge(self):
        for tie in Interest.objects.filter(corrected_at__isnull=True):
            rows = Assignment.objects.filter(
                application__organisation__business_number=tie.business_number, member__evaluator__user=tie.user
            )
            live = rows.filter(status__in=["PROPOSED", "CLEARED"], application__status__in=ENTERED)
            assert not live.exists(), list(live.values("status", "application__status", "stage__call__status"))

    @invariant()
    def no_abstention_counts(self):
        for run in RankingRun.objects.filter(stage=None):
            sheets = json.loads(run.inputs)["sheets"]
            bases = json.loads(run.inputs)["bases"]
            for key, by_stage in bases.items():
                given = [[points for points in scores.values() if points is not None] for _who, file, scores in sheets if file == key]  # fmt: skip
                totals = [Fraction(4 * sum(points), len(points)) for points in given if points]
                assert by_stage["DOCUMENT"] == (str(sum(totals) / len(totals)) if totals else None)

    @invariant()
    def nothing_is_published_twice(self):
        held = set()
        for what, key in TRIAL.calls:
            if what == "published":
                assert key not in held
                held.add(key)
            elif what == "returned":
                held.remove(key)
        told = list(ResultNotice.objects.filter(case=None).values_list("line__decision", "application"))
        assert len(told) == len(set(told))
        finals = Decision.objects.filter(status="PUBLISHED").exclude(kind="CORRECTION").values_list("kind", flat=True)
        assert len(finals) == len(set(finals))
        held = Application.objects.filter(status__in=["SELECTED", "FULFILLED"])
        assert held.filter(beyond_quota=False).count() <= 1
        if held.exists():
            assert "FINAL" in finals


def test_no_sequence_breaks_what_must_hold():
    SEEN.clear()
    run_state_machine_as_test(
        Round,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    must = {"page", "assign_by_hand", "answer_supplement"}
    must |= {
        "saved",
        "clash",
        "refused",
        "submit",
        "lock_sheet",
        "recuse",
        "declare_interest",
        "settle_stage",
        "publish",
        "withdraw",
    }
    assert must - set(SEEN) == set(), SEEN
