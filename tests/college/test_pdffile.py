"""The signed text inside a PDF: ours is read back to the byte, what is broken or hostile is no certificate."""

import io
import zlib

import pytest
from pypdf import PdfWriter

from college import pdffile


def pdf(*files, pages=1):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    for name, content in files:
        writer.add_attachment(name, content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_what_was_put_in_comes_out():
    assert pdffile.certificate_in(pdf((pdffile.NAME, '{"가": 1}'.encode()))) == '{"가": 1}'.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 no more",
        pdf(),
        pdf(("other.json", b"{}")),
        pdf((pdffile.NAME, b"{}"), (pdffile.NAME, b"[]")),
    ],
)
def test_no_certificate(content):
    assert pdffile.certificate_in(content) is None


def test_a_long_text_is_cut_where_the_check_refuses_it():
    content = pdf((pdffile.NAME, b" " * (pdffile.MOST_TEXT + 100)))
    assert len(pdffile.certificate_in(content)) == pdffile.MOST_TEXT


def test_a_file_that_asks_for_all_memory_is_no_certificate():
    bomb = zlib.compress(zlib.compress(b"\0" * 200_000_000, 9), 9)
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(certificate.json) 3 0 R]>>>>>>endobj\n"
    head += b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n3 0 obj<</Type/Filespec/F(certificate.json)/EF<</F 4 0 R>>>>endobj\n"
    body = b"4 0 obj<</Type/EmbeddedFile/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(bomb)
    content = head + body + bomb + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    assert pdffile.certificate_in(content) is None
