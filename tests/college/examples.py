"""Reads ``examples.json``: times with zone, dates, and the frozen dataclasses of the doors."""

import json
from dataclasses import asdict, fields
from datetime import date, datetime
from pathlib import Path

from college.attendance import Day, Event, Policy, Session, Tally
from college.completion import Assessment, CompletionPolicy
from college.experts import Graduation, Link

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


def session(raw):
    return Session(**{**raw, "starts_at": at(raw["starts_at"]), "ends_at": at(raw["ends_at"])})


def events(rows):
    return [Event(**{**row, "at": at(row["at"])}) for row in rows]


def policy(raw):
    return Policy(**raw)


def day(raw):
    return Day(**raw)


def tally(raw):
    return Tally(**raw)


def completion_policy(raw):
    return CompletionPolicy(**{**raw, "assessments": tuple(Assessment(*row) for row in raw["assessments"])})


def graduations(rows):
    return [
        Graduation(
            **{
                **row,
                "on": date.fromisoformat(row["on"]),
                "known_at": at(row["known_at"]),
                "void_at": at(row["void_at"]),
            }
        )
        for row in rows
    ]


def links(rows):
    return [Link(**{**row, "from_at": at(row["from_at"]), "until": at(row["until"])}) for row in rows]


def at(text):
    return None if text is None else datetime.fromisoformat(text)


def plain(result):
    """A frozen result in the words of the examples, where every key is text."""
    assert fields(result)
    return json.loads(json.dumps(asdict(result)))


def edited(document, edits):
    """A copy of ``document`` after the edits of a mutation."""
    changed = json.loads(json.dumps(document))
    for verb, path, *value in edits:
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        if verb == "set":
            holder[path[-1]] = value[0]
        elif verb == "append":
            holder[path[-1]].append(value[0])
        elif verb == "del":
            del holder[path[-1]]
        else:
            raise AssertionError(f"unknown edit {verb}")
    return changed
