"""Every step of a round is either told to those it concerns or left untold for a stated reason."""

from __future__ import annotations

import re
from pathlib import Path

from portal.intake import topics, workflow
from portal.notices import registry

SERVICES = Path(topics.__file__).parent / "services"
STEPS = {event for machine in workflow.MACHINES.values() for event in machine.steps.values()}


def test_every_step_says_whom_it_is_told_to_or_why_to_nobody():
    assert sorted(STEPS) == sorted({*topics.TOLD_AT, *topics.UNTOLD})
    assert not set(topics.TOLD_AT) & set(topics.UNTOLD)
    assert all(topics.UNTOLD.values())


def test_every_topic_is_known_and_sent_by_a_service():
    telling = "\n".join(path.read_text() for path in sorted((SERVICES / "telling").glob("*.py")))
    others = "".join(path.read_text() for path in SERVICES.glob("*.py"))
    functions = re.split(r"^def ", telling, flags=re.MULTILINE)[1:]
    names = {topic: name for name, topic in vars(topics).items() if isinstance(topic, registry.Topic)}
    sends = {name: {f.split("(")[0] for f in functions if f"topics.{name}.code" in f} for name in names.values()}
    sends["APPEAL"] |= {f.split("(")[0] for f in functions if "_tell_appeal(" in f}
    for told in topics.TOLD_AT.values():
        for topic in told:
            assert registry.find(topic.code) is topic
            assert any(f"telling.{f}(" in others or f"    {f}(" in telling for f in sends[names[topic]]), names[topic]
    assert {topic.code for topic in names} == {topic.code for topic in topics.TOPICS}
