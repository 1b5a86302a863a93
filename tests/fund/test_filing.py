"""A manager's report from the file to the books: what it would do, why not, applied as it was read, once."""

import re
import time
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fund import queries, report_words, services
from fund.models import Break, Entry, Settlement, Upload, Valuation
from fund.workbook.layout import MOST_ROWS
from fund.workbook.reading import read_workbook
from fund.workbook.writing import with_reasons
from portal.core.errors import Invalid, NotAllowed, Refused
from tests.factories import people
from tests.factories.fund import submitted, valued
from tests.fund.filing import END, HOLD, LATER, NAMED, blank, changed, confirm, filled, hand_in, reported, whys

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return reported()


def states(row):
    return [one["state"] for one in row.result["rows"]]


def expense(row=2, number="V-1", kind="EXPENSE", on=datetime(2019, 5, 2), amount=1_000_000, **fields):
    cells = {"A": number, "B": kind, "C": on, "D": amount, **fields}
    return {f"E_{letter}{row}": value for letter, value in cells.items()}


class TestTemplate:
    def test_it_says_what_the_books_know_and_reads_back(self, made):
        said = read_workbook(blank(made))
        assert (said.sub_fund, said.end) == (made.sub_fund.code, END)
        assert [line.cells["cost"].value for line in said.lines["holdings"]] == [50_000_000, 50_000_000]
        assert [len(said.lines[code]) for code in ("holdings", "expenses", "balances")] == [2, 0, 6]

    def test_a_template_handed_in_as_it_is_is_told_what_it_lacks(self, made):
        found = {code for code, _cell in whys(hand_in(made, blank(made)))}
        assert found == {"missing"}


class TestDryRun:
    def test_new_the_same_changed(self, made):
        row = hand_in(made, filled(made, **expense()))
        assert states(row)[:3] == ["NEW", "NEW", "NEW"]
        assert "REFUSED" not in states(row)
        assert row.status == "CHECKED"
        assert row.result["totals"]["VALUE"] == [100_000_000, 120_000_000]
        assert row.result["totals"]["EXPENSE"] == [0, 1_000_000]
        assert not Valuation.objects.exists()
        confirm(made, row)
        again = hand_in(made, filled(made, H_F3=70_000_000), reason="평가를 고칩니다")
        assert states(again)[:2] == ["SAME", "CHANGED"]
        confirm(made, again)
        assert sorted(Valuation.objects.values_list("amount", "status")) == [
            (60_000_000, "SUBMITTED"), (70_000_000, "SUBMITTED"),
        ]  # fmt: skip

    def test_what_differs_from_the_books_is_no_refusal_but_a_difference(self, made):
        row = hand_in(made, filled(made, S_C2=1, H_E2=49_000_000))
        assert states(row).count("DIFFERS") == 2
        confirm(made, row)
        assert sorted(Break.objects.values_list("figure", "theirs", "status")) == [
            ("CASH", 1, "OPEN"), ("HOLDING", 49_000_000, "OPEN"),
        ]  # fmt: skip
        again = hand_in(made, filled(made, S_C2=2), reason="잔액을 고칩니다")
        confirm(made, again)
        assert sorted(Break.objects.values_list("figure", "theirs", "status")) == [
            ("CASH", 1, "RESOLVED"), ("CASH", 2, "OPEN"), ("HOLDING", 49_000_000, "RESOLVED"),
        ]  # fmt: skip

    def test_a_fee_is_what_the_agreement_says_and_the_managers_figure_is_the_other_side(self, made):
        days = {"F": datetime(2019, 3, 4), "G": datetime(2019, 6, 30)}
        row = hand_in(made, filled(made, **expense(kind="FEE", amount=5, **days)))
        assert "DIFFERS" in states(row)
        confirm(made, row)
        fee = Settlement.objects.get()
        assert fee.kind == "FEE"
        assert fee.amount > 5
        assert Break.objects.get(figure="VOUCHER").ours == fee.amount


REFUSALS = [
    ({"H_F2": None}, ("missing", "F2")),
    ({"H_F2": "=1+1"}, ("formula", "F2")),
    ({"H_F2": "천만 원"}, ("text_for_number", "F2")),
    ({"H_F2": datetime(2019, 5, 2)}, ("date_for_number", "F2")),
    ({"H_F2": -1}, ("negative", "F2")),
    ({"H_F2": 10**16}, ("too_big", "F2")),
    ({"H_F2": 1.5}, ("not_whole", "F2")),
    ({"H_F2": "#REF!"}, ("error_value", "F2")),
    ({"H_G2": "GUESS"}, ("unknown_choice", "G2")),
    ({"H_H2": 4}, ("unknown_choice", "H2")),
    ({"H_I2": "가" * 2001}, ("too_long", "I2")),
    ({"H_I2": True}, ("number_for_text", "I2")),
    ({"H_A2": "없는 번호"}, ("unknown_asset", "A2")),
    ({"H_A3": None, "H_B3": None}, ("missing", "A3")),
    ({"S_A2": "OTHER"}, ("unknown_choice", "A2")),
    ({"S_A3": "CASH"}, ("twice", "A3")),
    ({"S_A2": "OTHER"}, ("left_out_figure", "A1")),
    ({"H_A2": "없는 번호"}, ("left_out_asset", "A1")),
    (expense(on="2019년"), ("text_for_date", "C2")),
    (expense(90, on=7), ("number_for_date", "C90")),
    (expense(on=datetime(1950, 1, 1)), ("strange_date", "C2")),
    (expense(on=datetime(2019, 7, 1)), ("outside_quarter", "C2")),
    (expense(amount=0), ("zero", "D2")),
    (expense(F=datetime(2019, 5, 1)), ("no_period", "F2")),
    (expense(kind="FEE"), ("missing", "F2")),
    (expense(kind="FEE", F=datetime(2019, 5, 2), G=datetime(2019, 5, 1)), ("wrong_order", "G2")),
    (expense(kind="FEE", F=datetime(2019, 3, 1), G=datetime(2019, 5, 1)), ("before_formed", "F2")),
    ({**expense(), **expense(3)}, ("twice", "A3")),
    (
        {f"E_{letter}{row}": value for row in range(2, 15) for letter, value in zip(
            "ABCDFG", (f"V{row}", "FEE", datetime(2019, 5, 2), 1, datetime(2019, 5, row), datetime(2019, 5, row)),
            strict=True,
        )},
        ("too_many_fees", "B14"),
    ),
    (
        {
            **expense(kind="FEE", F=datetime(2019, 5, 1), G=datetime(2019, 5, 2)),
            **expense(3, "V-2", kind="FEE", F=datetime(2019, 5, 2), G=datetime(2019, 5, 3)),
        },
        ("charged", "F3"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "wanted"), REFUSALS, ids=[f"{why[0]}-{why[1]}" for _changes, why in REFUSALS])
def test_each_bad_row_is_refused_with_its_cell_and_reason(made, changes, wanted):
    row = hand_in(made, filled(made, **changes))
    assert wanted in whys(row)
    with pytest.raises(Refused, match="고칠 행이"):
        confirm(made, row)
    assert not Valuation.objects.exists()
    for one in row.result["rows"]:
        for why in one["why"]:
            korean, _, english = report_words.in_both(why["code"], why["params"]).partition(" · ")
            assert korean
            assert english
            assert korean != english


def test_every_reason_that_can_be_given_has_its_words():
    read = [*Path("fund/workbook").glob("*.py"), Path("fund/services/filing.py")]
    source = "".join(path.read_text("utf-8") for path in read)
    named = set(re.findall(r'Bad\(\s*"(\w+)"', source)) | set(re.findall(r'"(left_out_\w+|\w+_for_\w+)"', source))
    assert named - report_words.REASONS.keys() == set()


class TestJudged:
    def test_a_value_that_was_approved_is_not_changed_by_a_file(self, made):
        holding = made.lots[0].holding
        waiting = submitted(made, holding, 55_000_000, on=END, now=LATER)
        services.approve_valuation(valuation=waiting, by=made.approver)
        assert ("being_judged", "F2") in whys(hand_in(made, filled(made)))

    def test_a_published_value_is_followed_by_another(self, made):
        valued(made, made.lots[0].holding, 55_000_000, on=END, now=LATER)
        row = hand_in(made, filled(made))
        assert states(row)[:2] == ["CHANGED", "NEW"]
        confirm(made, row)
        assert made.lots[0].holding.valuations.count() == 2

    def test_a_voucher_that_was_proposed_otherwise_is_not_overwritten(self, made):
        confirm(made, hand_in(made, filled(made, **expense())))
        data = filled(made, E_D2=2_000_000)
        assert ("voucher_taken", "A2") in whys(hand_in(made, data, reason="금액 정정"))


class TestFile:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"C_B4": "other"}, "다른 자펀드"),
            ({"C_B7": datetime(2019, 3, 31)}, "다른 분기"),
            ({"C_B7": datetime(2019, 6, 29)}, "분기의 마지막 날이 아닙니다"),
            ({"C_B3": 9}, "양식의 판이 다릅니다"),
            ({"C_B4": "=1+1"}, "표지 Cover!B4: 수식의 값이"),
            ({"C_B7": None}, "빈칸입니다"),
            ({"H_F1": "다른 제목"}, "투자자산 Holdings!F1: 첫 줄의 제목"),
        ],
    )
    def test_a_file_that_is_not_this_report_is_not_kept(self, made, changes, said):
        with pytest.raises(Invalid, match=said) as refused:
            hand_in(made, filled(made, **changes))
        assert refused.value.field == "file"
        assert not Upload.objects.exists()

    def test_a_formula_with_its_stored_value_is_read(self, made):
        from tests.fund.test_workbook import with_stored

        row = hand_in(made, with_stored(filled(made, H_F2="=1+1"), "60000000"))
        assert whys(row) == []
        assert row.result["rows"][0]["values"]["value"] == 60_000_000

    def test_only_the_managers_people_and_only_what_is_due(self, made):
        data = filled(made)
        for stranger in (made.manager, made.approver, people.person()):
            made.reporter = stranger
            with pytest.raises(NotAllowed):
                hand_in(made, data)
        made.reporter = made.sub_fund.manager.memberships.get().user
        with pytest.raises(Refused, match="보고할 것이 없습니다"):
            hand_in(made, data, now=LATER - timedelta(days=60))

    def test_the_error_file_is_mended_and_handed_in_again(self, made):
        row = hand_in(made, filled(made, H_F2=-5, S_C3=None))
        known = queries.filing.known(made.sub_fund, END)
        told = report_words.by_row(row.result["rows"])
        data = with_reasons(known, NAMED, read_workbook(services.stored(row)), told)
        beside = load_workbook(BytesIO(data))[HOLD]["J2"].value
        assert "0보다 작은" in beside
        assert "below" in beside
        mended = changed(data, {(HOLD, "F2"): 5, ("잔액 Balances", "C3"): known.balances["COST"]})
        assert whys(hand_in(made, mended)) == []


class TestApplying:
    def test_what_was_read_is_what_is_applied_with_its_leaves(self, made):
        row = hand_in(made, filled(made, **expense(), S_C2=1))
        confirm(made, row)
        row.refresh_from_db()
        assert (row.status, row.ended_by) == ("APPLIED", made.reporter)
        told = [leaf["type"] for leaf in people.leaves(row)]
        assert told == ["fund.upload.received/1", "fund.upload.checked/1", "fund.upload.applied/1"]
        assert Settlement.objects.get().voucher == "V-1"
        assert set(Valuation.objects.values_list("submitted_by", flat=True)) == {made.reporter.pk}
        assert [leaf["type"] for leaf in people.leaves(Valuation.objects.first())] == ["fund.valuation.submitted/1"]
        assert [leaf["type"] for leaf in people.leaves(Break.objects.get(figure="CASH"))] == ["fund.break.opened/1"]

    def test_the_same_file_again_changes_nothing(self, made):
        data = filled(made)
        row = hand_in(made, data)
        confirm(made, row)
        assert hand_in(made, data).pk == row.pk
        assert Upload.objects.count() == 1
        with pytest.raises(Refused):
            confirm(made, row)
        assert Valuation.objects.count() == 2

    def test_it_says_check_again_when_the_books_moved(self, made):
        row = hand_in(made, filled(made))
        valued(made, made.lots[0].holding, 55_000_000, on=END, now=LATER)
        with pytest.raises(Invalid, match="다시 확인하기"):
            confirm(made, row)
        services.check_upload(upload=row, by=made.reporter, now=LATER)
        assert states(row)[0] == "CHANGED"
        confirm(made, row)

    def test_a_confirmation_of_another_result_is_refused(self, made):
        row = hand_in(made, filled(made))
        with pytest.raises(Invalid, match="다시 확인하기"):
            services.apply_upload(upload=row, digest_seen="0" * 64, by=made.reporter, now=LATER)

    def test_after_the_lock_only_a_correction_with_a_reason(self, made):
        first = hand_in(made, filled(made))
        confirm(made, first)
        with pytest.raises(Invalid) as refused:
            hand_in(made, filled(made, H_F2=1))
        assert refused.value.field == "reason"
        second = hand_in(made, filled(made, H_F2=1), reason="평가를 잘못 적었습니다")
        assert second.corrects == first
        confirm(made, second)
        third = hand_in(made, filled(made, H_F2=2), reason="또 고칩니다")
        assert third.corrects == second

    def test_a_new_file_takes_the_place_of_an_open_one_and_an_open_one_can_be_closed(self, made):
        first = hand_in(made, filled(made))
        second = hand_in(made, filled(made, H_F2=1))
        first.refresh_from_db()
        assert first.status == "REFUSED"
        services.close_upload(upload=second, by=made.reporter, now=LATER)
        with pytest.raises(Refused):
            confirm(made, second)

    def test_a_kept_file_that_was_tampered_with_is_not_applied(self, made):
        row = hand_in(made, filled(made))
        with row.file.storage.open(row.file.name, "wb") as kept:
            kept.write(b"other")
        with pytest.raises(Refused, match="올리신 파일과 다릅니다"):
            confirm(made, row)

    def test_once_applied_the_report_is_there(self, made):
        today = date(2019, 8, 1)

        def state():
            return {task.end: task.state for task in queries.reporting.tasks([made.sub_fund], today=today)}[END]

        assert state() == "DUE"
        row = hand_in(made, filled(made))
        assert state() == "PARTIAL"
        confirm(made, row)
        assert state() == "DONE"

    def test_differences_are_explained_and_resolved_with_a_reason(self, made):
        confirm(made, hand_in(made, filled(made, S_C2=1)))
        found = Break.objects.get()
        with pytest.raises(NotAllowed):
            services.judge_break(found=found, to="EXPLAINED", reason="이유", by=made.reporter, now=LATER)
        with pytest.raises(Invalid):
            services.judge_break(found=found, to="EXPLAINED", reason=" ", by=made.manager, now=LATER)
        services.judge_break(found=found, to="EXPLAINED", reason="입금일 차이", by=made.manager, now=LATER)
        services.judge_break(found=found, to="RESOLVED", reason="다음 달 확인", by=made.manager, now=LATER)
        found.refresh_from_db()
        assert found.status == "RESOLVED"


def test_books_are_not_touched_before_somebody_judges(made):
    before = Entry.objects.count()
    confirm(made, hand_in(made, filled(made, **expense())))
    assert Entry.objects.count() == before


def test_as_many_rows_as_a_file_may_have_are_told_in_five_seconds_and_applied(made):
    rows = {}
    for row in range(2, MOST_ROWS - 6):
        rows |= expense(row, f"V-{row:05}", amount=1_000)
    data = filled(made, **rows)
    began = time.monotonic()
    row = hand_in(made, data)
    assert time.monotonic() - began < 5
    assert states(row).count("NEW") == MOST_ROWS - 6
    confirm(made, row)
    assert Settlement.objects.count() == MOST_ROWS - 8
