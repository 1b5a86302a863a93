"""A PDF is read in a child process that may use only so much time and memory."""

from __future__ import annotations

import io

import pytest
import typst

from portal.intake import pdftext


def pdf(text):
    return io.BytesIO(typst.compile(text.encode(), format="pdf"))


def endless():
    """A page whose content is half a million operators: small to send, long to read."""
    content = b"BT /F1 1 Tf " + b"(a) Tj " * 500_000 + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    whole, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(whole)
    whole += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return io.BytesIO(whole + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)


def test_text_is_read():
    assert "Naraeworks" in pdftext.read(pdf("The Naraeworks plan"))


@pytest.mark.parametrize(
    ("content", "limits"),
    [
        (b"%PDF-1.4\nbroken", {}),
        (endless().getvalue(), {"seconds": 1}),
        (endless().getvalue(), {"memory": 48 * 1024 * 1024}),
    ],
)
def test_what_is_broken_or_asks_too_much_is_told_as_unreadable(content, limits):
    with pytest.raises(pdftext.Unreadable):
        pdftext.read(io.BytesIO(content), **limits)
