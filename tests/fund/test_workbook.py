"""The reader of managers' workbooks: whatever the bytes are, an answer or a reason, and soon."""

import io
import re
import time
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund import report_words
from fund.workbook.cells import Bad
from fund.workbook.comparing import Asset, Known, Voucher, compare
from fund.workbook.layout import BALANCES, EXPENSES, HOLDINGS, MOST_ROWS, TOTALS
from fund.workbook.reading import read_workbook
from fund.workbook.writing import Named, template, with_reasons
from tests.fund.filing import changed

END = date(2019, 6, 30)
NAMED = Named("마당 1호 Madang I", "마당벤처스")
ASSETS = {f"asset-{number}": Asset(f"기업 {number}", "전환우선주", 50_000_000, 50_000_000) for number in range(3)}
KNOWN = Known("madang-1", END, date(2019, 3, 4), "KRW", ASSETS, balances=dict.fromkeys(BALANCES, 1_000))
BLANK = template(KNOWN, NAMED)
#: Reading or refusing any file takes no longer, in seconds.
SOON = 5


def refused(data: bytes) -> Bad:
    began = time.monotonic()
    with pytest.raises(Bad) as caught:
        read_workbook(data)
    assert time.monotonic() - began < SOON
    assert report_words.told_of(caught.value)
    return caught.value


def answered(data: bytes) -> object:
    """What is found in it or why nothing is; anything else than a reason goes through as the fault that it is."""
    try:
        return compare(read_workbook(data), KNOWN)
    except Bad as bad:
        return report_words.told_of(bad)


def repacked(data: bytes, parts: dict[str, bytes], drop: str = "") -> bytes:
    """The archive with parts in the place of others or beside them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in parts and name != drop:
                after.writestr(name, before.read(name))
        for name, content in parts.items():
            after.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read(name).decode()


def with_stored(data: bytes, value: str) -> bytes:
    """Every formula of the second sheet with a stored value, as a spreadsheet would have saved it."""
    name = "xl/worksheets/sheet2.xml"
    xml = re.sub(r"(<f>[^<]*</f>)<v\s*/?>(?:</v>)?", rf"\1<v>{value}</v>", part(data, name))
    return repacked(data, {name: xml.encode()})


def rows_of(xml: str) -> bytes:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{xml}</sheetData></worksheet>'.encode()


def second_sheet(extra: str) -> bytes:
    """The template with something behind the last row of its second sheet."""
    name = "xl/worksheets/sheet2.xml"
    return repacked(BLANK, {name: part(BLANK, name).replace("</sheetData>", f"{extra}</sheetData>").encode()})


class TestHostile:
    def test_no_archive_an_empty_one_and_half_of_one(self):
        empty = io.BytesIO()
        zipfile.ZipFile(empty, "w").close()
        for data in (b"", b"PK\x03\x04", empty.getvalue(), BLANK[: len(BLANK) // 2], BLANK[:-30]):
            assert refused(data).code == "unreadable"

    def test_a_far_row_number_does_not_keep_it_busy(self):
        for number in (20_001, 1_048_576, 999_999_999):
            found = refused(second_sheet(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>'))
            assert found.code == "too_many_rows"

    def test_nor_does_a_formula_beside_it(self):
        extra = '<row r="9"><c r="A9"><f>1+1</f></c></row><row r="999999999"><c r="A999999999"><v>1</v></c></row>'
        assert refused(second_sheet(extra)).code == "too_many_rows"

    def test_more_filled_rows_than_a_file_may_have(self):
        rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(9, MOST_ROWS + 20))
        assert refused(second_sheet(rows)).code == "too_many_rows"

    def test_a_row_of_a_million_cells(self):
        assert refused(second_sheet(f'<row r="9">{"<c/>" * 1_100_000}</row>')).code == "too_large"

    def test_a_bomb(self):
        assert refused(repacked(BLANK, {"xl/media/a.xml": b"0" * (33 * 2**20)})).code == "too_large"
        many = {f"xl/media/{number}.xml": b"" for number in range(300)}
        assert refused(repacked(BLANK, many)).code == "too_large"

    def test_a_bomb_that_lies_about_its_size(self):
        data = bytearray(repacked(BLANK, {"xl/media/a.xml": b"0" * (33 * 2**20)}))
        place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/media/a.xml"))
        data[place + 24 : place + 28] = (10).to_bytes(4, "little")
        assert refused(bytes(data)).code in ("unreadable", "too_large")

    @pytest.mark.parametrize("code", ["utf-8", "utf-16"])
    def test_a_document_type_is_refused(self, code):
        bomb = '<!DOCTYPE a [<!ENTITY b "b">]><worksheet/>'.encode(code)
        assert refused(repacked(BLANK, {"xl/worksheets/sheet2.xml": bomb})).code == "unreadable"

    def test_macros_are_refused(self):
        assert refused(repacked(BLANK, {"xl/vbaProject.bin": b"x"})).code == "macros"

    def test_a_sheet_that_is_missing_is_named(self):
        xml = part(BLANK, "xl/workbook.xml").replace(EXPENSES.title, "Sheet1")
        found = refused(repacked(BLANK, {"xl/workbook.xml": xml.encode()}))
        assert (found.code, found.params) == ("no_sheet", {"sheet": EXPENSES.title})

    @settings(max_examples=150, deadline=None)
    @given(st.binary(max_size=400), st.integers(0, len(BLANK) - 1))
    def test_random_bytes_in_a_file_are_an_answer_or_a_reason(self, noise, place):
        answered(BLANK[:place] + noise + BLANK[place + len(noise) :])

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(["sheet1.xml", "sheet2.xml", "sheet3.xml", "sheet4.xml"]), st.data())
    def test_random_damage_inside_a_sheet(self, sheet, data):
        name = f"xl/worksheets/{sheet}"
        xml = part(BLANK, name)
        start = data.draw(st.integers(0, len(xml) - 1))
        noise = data.draw(st.text(st.sampled_from('<>/="rcv0123456789ABÿ'), max_size=30))
        broken = xml[:start] + noise + xml[start + data.draw(st.integers(0, 30)) :]
        answered(repacked(BLANK, {name: broken.encode()}))


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**18), 10**18), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1901, 1, 1), date(2200, 1, 1)), st.sampled_from(["=1+1", "#REF!", "asset-0", "CASH", "FEE", "3", "ROUND"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=40),
)  # fmt: skip
CELLS = st.tuples(
    st.sampled_from([HOLDINGS.title, EXPENSES.title, TOTALS.title]),
    st.tuples(st.sampled_from("ABCDEFGHI"), st.integers(2, 9)).map(lambda pair: f"{pair[0]}{pair[1]}"),
)


class TestRandomCells:
    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.dictionaries(CELLS, VALUES, max_size=25))
    def test_every_row_gets_its_answer_and_the_error_file_reads_back(self, cells):
        said = read_workbook(changed(BLANK, cells))
        compared = compare(said, KNOWN)
        assert {row.state for row in compared.rows} <= {"NEW", "CHANGED", "SAME", "DIFFERS", "REFUSED"}
        told = {}
        for row in compared.rows:
            for why in row.why:
                told.setdefault((row.sheet, row.number), []).append((why.cell, report_words.told_of(why)))
        again = read_workbook(with_reasons(KNOWN, NAMED, said, told))
        assert (again.sub_fund, again.end) == (said.sub_fund, said.end)


class TestSize:
    def test_five_thousand_rows_are_held_against_the_books_in_five_seconds(self):
        vouchers = {
            f"V-{number:05}": Voucher("EXPENSE", date(2019, 5, 2), 1_000, "내용", None, None, "PROPOSED")
            for number in range(MOST_ROWS - 9)
        }
        known = Known("madang-1", END, date(2019, 3, 4), "KRW", ASSETS, vouchers, balances=KNOWN.balances)
        data = template(known, NAMED)
        began = time.monotonic()
        compared = compare(read_workbook(data), known)
        assert time.monotonic() - began < SOON
        assert sum(row.state == "SAME" for row in compared.rows) == MOST_ROWS - 9
