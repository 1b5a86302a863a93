"""The reader of codes itself: every size of code that we draw, on the screen and on paper, and none that is stretched."""

import io

import pytest
import segno
from PIL import Image

from tests.journeys import qrread


def picture(text, **options):
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", border=3, **options)
    return out.getvalue()


@pytest.mark.parametrize("length", [1, 20, 60, 110, 200])
def test_it_reads_what_was_drawn(length):
    text = "https://madang.example/a/" + "x가"[length % 2] * length
    assert qrread.from_picture(picture(text, scale=5)) == text


def test_a_code_out_of_square_is_not_read():
    out = io.BytesIO()
    drawn = Image.open(io.BytesIO(picture("https://madang.example/", scale=10)))
    drawn.resize((drawn.width // 2, drawn.height)).save(out, "png")
    with pytest.raises(AssertionError, match="square"):
        qrread.from_picture(out.getvalue())
