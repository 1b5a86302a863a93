"""Every string of ours has its English: collected anew with gettext from a copy of each room, compared with its catalogue."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

from portal.core.rooms import our_apps
from tests.house.tree import ROOT, SKIPPED, name, source

ROOMS = {config.label: Path(config.path) for config in our_apps()}
#: What belongs to no room: the shell's templates and the modules beside them.
ROOMS["portal"] = ROOT / "portal"
EACH = pytest.mark.parametrize("room", sorted(ROOMS))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
HANGUL = re.compile("[가-힣]")
GETTEXT = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy", "npgettext"}
#: English words that hold Korean on purpose → why.
KOREAN_INSIDE: dict[str, str] = {"한국어": "the language's own name"}


@pytest.fixture(scope="session")
def strings(tmp_path_factory):
    """The strings of a room as gettext finds them today: (context, msgid, plural) for each."""
    if shutil.which("xgettext") is None:
        pytest.fail("the translation gate needs gettext: apt-get install gettext")
    found = {}

    def collect(room):
        if room not in found:
            found[room] = _collected(ROOMS[room], tmp_path_factory.mktemp(room))
        return found[room]

    return collect


def _collected(folder, copy):
    nested = {path for path in ROOMS.values() if path != folder and path.is_relative_to(folder)}
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.suffix not in {".py", ".html", ".txt"} or SKIPPED & set(inside.parts) or inside.parts[0] == "locale":
            continue
        if any(path.is_relative_to(room) for room in nested):
            continue
        (copy / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy / inside)
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "en", "--no-location", "--verbosity", "0"]
    alone = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    made = subprocess.run(command, cwd=copy, env=alone, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    catalogue = copy / "locale" / "en" / "LC_MESSAGES" / "django.po"
    return {key(entry) for entry in polib.pofile(str(catalogue))} if catalogue.exists() else set()


def key(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def catalogue(room):
    path = ROOMS[room] / "locale" / "en" / "LC_MESSAGES" / "django.po"
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []


def translated(room):
    return [entry for entry in catalogue(room) if all(english(entry))]


def english(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@EACH
def test_every_string_has_its_english(room, strings):
    told = {key(entry) for entry in catalogue(room)}
    missing = sorted(msgid for _, msgid, _ in strings(room) - told)
    assert missing == [], (
        f"cd {ROOMS[room].relative_to(ROOT)} && django-admin makemessages -l en --no-obsolete --no-location"
    )


@EACH
def test_no_catalogue_keeps_what_nobody_says_any_more(room, strings):
    stale = {key(entry) for entry in catalogue(room)} - strings(room)
    assert sorted(msgid for _, msgid, _ in stale) == []


@EACH
def test_nothing_is_empty_or_only_guessed(room):
    bad = [entry.msgid for entry in catalogue(room) if entry.fuzzy or not all(english(entry))]
    assert bad == []


@EACH
def test_english_is_english_and_holds_the_same_places(room):
    for entry in translated(room):
        wanted = set(PLACEHOLDER.findall(entry.msgid))
        for text in english(entry):
            assert not HANGUL.search(text) or entry.msgid in KOREAN_INSIDE, entry.msgid
            assert set(PLACEHOLDER.findall(text)) <= wanted | set(PLACEHOLDER.findall(entry.msgid_plural)), entry.msgid
            assert wanted - set(PLACEHOLDER.findall(text)) <= {"%(count)s"} or entry.msgid_plural, entry.msgid


def test_no_string_hides_in_an_f_string():
    """gettext does not look inside one: the words would stay Korean on English pages, and no other test would see it."""
    hidden = [
        f"{name(path)}:{call.lineno}"
        for path in source()
        for outer in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(outer, ast.JoinedStr)
        for call in ast.walk(outer)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in GETTEXT and call.args
        if isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


@EACH
def test_the_words_on_screen_are_korean_in_the_source(room, strings):
    """A msgid in English would be shown to readers of Korean."""
    foreign = [
        msgid for _, msgid, _ in strings(room) if re.search("[A-Za-z]{3,}", bare(msgid)) and not HANGUL.search(msgid)
    ]
    assert sorted(set(foreign) - NAMES) == []


#: Names and codes that are the same in both languages.
NAMES = {"English", "PDF", "CSV", "XLSX", "RSS", "API", "Madang"}


def bare(msgid):
    return re.sub(r"<[^>]+>", "", PLACEHOLDER.sub("", msgid))


def test_one_string_has_one_english():
    """Django merges all catalogues: of two translations of one string, one would be shown everywhere."""
    said: dict[tuple, dict[str, list[str]]] = {}
    for room in sorted(ROOMS):
        for entry in translated(room):
            said.setdefault(key(entry), {}).setdefault(" | ".join(english(entry)), []).append(room)
    assert {msgid: texts for (_, msgid, _), texts in said.items() if len(texts) > 1} == {}


def test_both_languages_are_offered():
    assert [code for code, _ in settings.LANGUAGES] == ["ko", "en"]
