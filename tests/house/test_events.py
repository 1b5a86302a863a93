"""Every kind of leaf says in a sentence what happened, in both languages, and its room has a name."""

import re

import pytest
from django.utils.translation import override

from ledger import log, words
from tests.house.tree import source

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


@EACH
def test_each_of_its_fields_has_a_name_in_both_languages(event):
    """Add ``log.name(fields={"…": _("…")})`` where the room registers its types."""
    shown = [name for name in event.fields if not name.endswith("_c")]
    assert [name for name in shown if str(words.of("field", name)) == name] == []
    with override("en"):
        assert [name for name in shown if re.search("[가-힣]", str(words.of("field", name)))] == []


def test_every_kind_of_subject_has_a_name():
    """Add ``log.name(kinds={"…": _("…")})`` where the room registers its types."""
    said = [re.findall(r'Subject\((?:kind=)?"([a-z_]+)"', path.read_text("utf-8")) for path in source()]
    kinds = {kind for found in said for kind in found}
    assert len(kinds) > 20
    assert [kind for kind in sorted(kinds) if str(words.of("kind", kind)) == kind] == []


def test_no_two_kinds_of_a_room_say_the_same():
    titles = [(event.name.partition(".")[0], str(event.title)) for event in TYPES if event.version == 1]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []
