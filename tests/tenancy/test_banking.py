"""The bank's file and whose money each row is: pure."""

from datetime import date

import pytest

from tenancy.banking import Payer, Unreadable, match, plain, read

HEAD = "거래일자,입금액,출금액,입금자,메모,가상계좌\n"


def payer(company, *names, account="", **invoices):
    open_ = {name.replace("_", "-"): amount for name, amount in invoices.items()}
    return Payer(company, frozenset(names), frozenset({account} - {""}), open_)


def rows(*lines):
    return read((HEAD + "\n".join(lines)).encode())


def verdicts(lines, *payers, known=frozenset()):
    return [(found.verdict, found.company, found.how) for found in match(rows(*lines), payers, known)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_both_encodings_thousands_marks_and_withdrawals(encoding):
    text = (
        "거래내역조회\n"
        + HEAD
        + '2020.01.25,"100,000",,(주)가온체인,1월,\n2020-01-26,,"5,000",수수료,,\n2020-01-27,0,3000,이체,,\n'
    )
    [row] = read(text.encode(encoding))
    assert (row.day, row.amount, row.payer, row.memo) == (date(2020, 1, 25), 100_000, "(주)가온체인", "1월")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00\x00", "not_text"),
        (b"a,b\n1,2\n", "no_columns"),
        (HEAD.encode() + b"2020-01-25,abc,,x,,\n", "bad_amount"),
        (HEAD.encode() + b"yesterday,100,,x,,\n", "bad_day"),
        (HEAD.encode() + b"2020-02-30,100,,x,,\n", "bad_day"),
    ],
)
def test_what_is_no_bank_file(content, code):
    with pytest.raises(Unreadable, match=code):
        read(content)


def test_the_order_of_rows_changes_no_key_and_equal_rows_are_two():
    one, two = "2020-01-25,100,,가온,,", "2020-01-25,200,,나래,,"
    assert {row.key for row in rows(one, two, one)} == {row.key for row in rows(one, one, two)}
    assert len({row.key for row in rows(one, two, one)}) == 3


def test_the_legal_form_is_no_part_of_a_name():
    assert {plain("(주) 가온 체인"), plain("주식회사 가온체인"), plain("가온체인㈜")} == {"가온체인"}


def test_by_account_by_number_by_name_and_exact_amount():
    gaon = payer(1, "가온체인", account="110-22-333", mapo_2020_00001=100)
    narae = payer(2, "나래렛저", mapo_2020_00002=70)
    assert verdicts(
        ["2020-01-25,5,,아무개,,11022333", "2020-01-25,1,,박,mapo-2020-00002 납부,", "2020-01-25,70,,(주)나래렛저,,"],
        gaon,
        narae,
    ) == [("MATCHED", 1, "account"), ("MATCHED", 2, "number"), ("MATCHED", 2, "name")]


def test_one_won_short_by_name_is_doubtful_and_a_stranger_unknown():
    narae = payer(2, "나래렛저", mapo_2020_00002=70)
    lines = ["2020-01-25,69,,나래렛저,,", "2020-01-25,70,,모르는사람,,"]
    assert verdicts(lines, narae) == [("DOUBTFUL", None, ""), ("UNKNOWN", None, "")]


def test_two_tenants_of_one_name_and_the_same_amount_are_doubtful():
    one, two = payer(1, "가온체인", a=70), payer(2, "(주)가온체인", b=70)
    [found] = match(rows("2020-01-25,70,,가온체인,,"), [one, two], frozenset())
    assert (found.verdict, found.candidates) == ("DOUBTFUL", (1, 2))


def test_a_number_inside_a_longer_one_is_not_it():
    narae = payer(2, "나래렛저", mapo_2020_00002=70)
    assert verdicts(["2020-01-25,70,,박,xmapo-2020-000021,"], narae) == [("UNKNOWN", None, "")]


def test_a_row_seen_before_pays_nothing_again():
    gaon = payer(1, "가온체인", mapo_2020_00001=100)
    [row] = rows("2020-01-25,100,,가온체인,,")
    assert verdicts(["2020-01-25,100,,가온체인,,"], gaon, known=frozenset({row.key})) == [("SEEN", None, "")]
