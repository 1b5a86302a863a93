"""Who acts at the same time in a rehearsal: steps spread over processes, answers in order, refusals heard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.core.crew import Crew
from portal.core.errors import Overtaken

BASE_DIR = Path(__file__).resolve().parents[2]
#: In a process of its own, as a rehearsal's command is: what is forked here would take the test's threads along.
TOGETHER = """
import os, django
django.setup()
from portal.core.crew import Crew
from tests.core.test_crew import refuse, where
with Crew(2) as crew:
    found = crew.each(where, range(40))
    print([number for number, _ in found] == list(range(40)), os.getpid() in {pid for _, pid in found})
    try:
        crew.each(refuse, range(4))
    except Exception as refused:
        print(type(refused).__name__)
"""


def where(number):
    return number, os.getpid()


def refuse(number):
    raise Overtaken


def test_alone_everything_is_done_here_in_order():
    with Crew(1) as crew:
        assert crew.each(where, range(3)) == [(0, os.getpid()), (1, os.getpid()), (2, os.getpid())]
        with pytest.raises(Overtaken):
            crew.each(refuse, range(3))


def test_two_work_elsewhere_and_answer_in_order():
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-c", TOGETHER]
    answer = subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True, text=True)
    assert answer.stdout.splitlines() == ["True False", "Overtaken"], answer.stderr
