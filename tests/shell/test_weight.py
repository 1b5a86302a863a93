"""What a first visit costs: style and script stay small; nothing of KRDS is carried along unused."""

from pathlib import Path

import brotli
import pytest

DIST = Path(__file__).resolve().parents[2] / "portal" / "static" / "dist"
LIMIT = 30 * 1024


@pytest.mark.parametrize("name", ["shell.css", "shell.js"])
def test_style_and_script_of_a_public_page_stay_below_30_kb(name):
    assert len(brotli.compress((DIST / name).read_bytes())) <= LIMIT


def test_the_style_asks_for_nothing_from_elsewhere():
    style = (DIST / "shell.css").read_text("utf-8")
    assert "@import" not in style
    assert "//" not in style


def test_every_token_used_is_defined():
    import re

    style = (DIST / "shell.css").read_text("utf-8")
    used = set(re.findall(r"var\((--[\w-]+)", style))
    assert used - set(re.findall(r"(--[\w-]+):", style)) == set()
