"""Every kind of leaf says in a sentence what happened, in both languages, and its room has a name."""

import re

import pytest
from django.utils.translation import override

from ledger import log, words

TYPES = [event for event in log.all_types() if not event.name.startswith("trial.")]
EACH = pytest.mark.parametrize("event", TYPES, ids=lambda event: event.label)


@EACH
def test_it_has_a_title_in_both_languages(event):
    """Add ``title=_("…했습니다")`` where the room registers the type, and its English to the room's catalogue."""
    with override("ko"):
        assert re.search("[가-힣].*(니다|음)$", str(event.title)), f"{event.label} has no Korean title"
    with override("en"):
        assert re.search("^[A-Z][^가-힣]+$", str(event.title)), f"{event.label} has no English title"


@EACH
def test_its_room_has_a_name(event):
    """Add ``log.name(rooms={"…": _("…")})`` where the room registers its types."""
    room = event.name.partition(".")[0]
    assert str(words.of("room", room)) != room


def test_no_two_kinds_of_a_room_say_the_same():
    titles = [(event.name.partition(".")[0], str(event.title)) for event in TYPES if event.version == 1]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []
