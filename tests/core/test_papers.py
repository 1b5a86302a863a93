"""Papers: PDF/UA with the portal's font, the same bytes for the same words, nothing read as markup."""

import io
from datetime import UTC, datetime

import pytest
from django.utils import translation
from pypdf import PdfReader

from ledger import log
from portal.core import papers
from portal.core.papers import Attached, Paper, Part, Pointer
from portal.core.ui.parts import Row

AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
ENTRY = log.Printed("01a2022d-cc72-7320-8e3c-0514a3f64402", "신청서를 냈습니다", "space.call/2026/1", AT, "ab" * 32)


def paper(**changes):
    parts = [Part("내용", [Row("공고명", "입주기업 *모집* #sys.inputs")], ["$x$ \\ [글] @없음 <표>"])]
    return Paper(
        **{"title": "접수증", "number": "SPACE-0001", "at": AT, "to": "새싹", "parts": parts, "entry": ENTRY} | changes
    )


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_same_words_are_the_same_bytes(language):
    with translation.override(language):
        once, twice = papers.pdf(paper()), papers.pdf(paper())
        other = papers.pdf(paper(number="SPACE-0002"))
    assert once == twice
    assert once != other
    assert once.startswith(b"%PDF-1.7")
    assert b"PretendardGOV" in once
    assert b"/Lang(%s" % language.encode() in once.replace(b" ", b"")
    assert b"/StructTreeRoot" in once


def test_it_says_what_the_ledger_says():
    with translation.override("ko"):
        plain = papers._plain(paper())
    assert plain["entry"]["address"].endswith(f"/ko/log/leaf/{ENTRY.id}/")
    assert dict(plain["entry"]["rows"]) == {
        "기록한 일": "신청서를 냈습니다",
        "결정번호": "space.call/2026/1",
        "기록 시각": "2026-11-22 16:00:00",
        "기록 번호": ENTRY.id,
        "기록 해시": "ab" * 32,
    }
    assert papers.pdf(paper(entry=None, to="줄\x00과\x07 소리")).startswith(b"%PDF")


def test_a_file_rides_in_the_paper_and_a_pointer_shows_the_way():
    pointer = Pointer("확인하는 곳", "코드를 찍으십시오.", "https://madang.example/verify/1/", "QR 코드")
    made = papers.pdf(paper(pointer=pointer, attached=Attached("a.json", "application/json", "원문", '{"가": 1}')))
    assert made == papers.pdf(
        paper(pointer=pointer, attached=Attached("a.json", "application/json", "원문", '{"가": 1}'))
    )
    read = PdfReader(io.BytesIO(made))
    assert read.attachments["a.json"] == ['{"가": 1}'.encode()]
    assert "https://madang.example/verify/1/" in read.pages[0].extract_text()


def test_the_answer_is_for_its_reader_alone():
    response = papers.answer(paper(), "receipt.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"] == 'attachment; filename="receipt.pdf"'
    assert b"".join(response).startswith(b"%PDF")
