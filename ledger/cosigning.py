"""Asking the witnesses: all at once, each for a cosignature under the newest signed checkpoint.

A witness that knows another size names it and gets the proof from there. One that knows a larger tree than ours, or
holds that ours does not continue the one it saw, is evidence that this database was put back or rewritten.
"""

import http.client
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db import connection, transaction

from ledger import note, stored
from ledger.board import Board
from ledger.note import NoteError
from ledger.policy import FUTURE_SLACK, Policy, Witness
from ledger.stored import ROLE, Signed
from ledger.tiles import Tree
from ledger.witness.protocol import Answer, request_body

REFRESH_AFTER = timedelta(minutes=10)
TIMEOUT_SECONDS = 4
MAX_ANSWER = 16 * 1024
MAX_LINES = 16
#: A cosignature as it is stored would be too old for verifiers soon: such a witness's clock is wrong.
MAX_AGE = 300

type Ask = Callable[[bytes], Answer]
_size = re.compile("(0|[1-9][0-9]{0,18})\n?").fullmatch


class RolledBack(ValueError):
    """Somebody outside knows more of this log than its database: stop and find out why."""


class Unreachable(Exception):
    """A witness that gave no answer."""


class Task(NamedTuple):
    """One witness to be asked, from the size it is believed to know."""

    witness: Witness
    old: int


class Cosigners:
    """Collects cosignatures for the newest signed checkpoint and stores them."""

    def __init__(self, rules: Policy, asks: Mapping[str, Ask], board: Board) -> None:
        self.rules, self.asks, self.board = rules, asks, board

    def step(self, now: datetime, *, insist: bool = False) -> None:
        """Asks every witness whose cosignature is missing or ten minutes old. Raises `RolledBack`.

        A witness that complained gets a pause, unless this run insists.
        """
        with connection.cursor() as cursor:
            signed = stored.newest_signed(cursor)
            due = list(self._due(cursor, signed, now)) if signed else []
        tasks = [task for task in due if insist or self.board.may_ask(task.witness.name, now)]
        if signed is None or not tasks:
            return
        results = self._round(signed, tasks, now)
        # A larger size may also be a checkpoint signed since we looked; the tables say.
        again = [Task(task.witness, self._named(answer)) for task, answer in results if answer.status == 409]
        results = [found for found in results if found[1].status != 409] + self._round(signed, again, now)
        self._store(signed, results, now)

    def _due(self, cursor: stored.Cursor, signed: Signed, now: datetime) -> Iterator[Task]:
        cursor.execute(
            "SELECT witness, max(size), max(at) FILTER (WHERE size = %s) FROM ledger_cosignature GROUP BY witness",
            [signed.size],
        )
        known = {witness: (size, at) for witness, size, at in cursor.fetchall()}
        for name in self.asks:
            old, at = known.get(name, (0, None))
            if at is None or now.timestamp() - at >= REFRESH_AFTER.total_seconds():
                yield Task(self.rules.witnesses[name], min(old, signed.size))

    def _round(self, signed: Signed, tasks: list[Task], now: datetime) -> list[tuple[Task, Answer]]:
        """The answers of these witnesses, asked in parallel; status 0 stands for none."""
        if not tasks:
            return []
        bodies = [self._body(signed, task.old) for task in tasks]
        with ThreadPoolExecutor(max_workers=len(tasks)) as pool:
            answers = pool.map(self._ask, tasks, bodies)
            return list(zip(tasks, answers, strict=True))

    def _body(self, signed: Signed, old: int) -> bytes:
        with connection.cursor() as cursor:
            tree = Tree(signed.size, stored.tile_reader(cursor))
            proof = tree.consistency_proof(old) if 0 < old < signed.size else []
        return request_body(old, proof, signed.note)

    def _ask(self, task: Task, body: bytes) -> Answer:
        try:
            return self.asks[task.witness.name](body)
        except Unreachable as error:
            return Answer(0, str(error))

    def _named(self, answer: Answer) -> int:
        """The size that a witness answered with; one above all that was ever signed here is a rollback."""
        found = _size(answer.body)
        size = int(found[1]) if found else 0
        with connection.cursor() as cursor:
            newest = stored.newest_signed(cursor)
        if newest is None or size > newest.size:
            raise RolledBack(f"a witness saw {size} leaves, this database has {newest.size if newest else 0} signed")
        return size

    def _store(self, signed: Signed, results: list[tuple[Task, Answer]], now: datetime) -> None:
        told: dict[str, str | None] = {}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
            for task, answer in results:
                why = self._keep(cursor, signed, task.witness, answer, now)
                told[task.witness.name] = why
            cursor.execute("RESET ROLE")
        self.board.note(told, now)
        for task, answer in results:
            if answer.status == 422:
                raise RolledBack(
                    f"witness {task.witness.name}: the tree of {signed.size} does not continue the one it saw at"
                    f" {task.old}"
                )

    def _keep(
        self, cursor: stored.Cursor, signed: Signed, witness: Witness, answer: Answer, now: datetime
    ) -> str | None:
        """Stores a witness's line; answers what is wrong instead, if anything is."""
        if answer.status != 200:
            return f"{answer.status}: {answer.body.strip()[:200]}" if answer.status else answer.body
        found = _line_of(witness, signed.note, answer.body)
        if found is None:
            return "its answer holds no valid cosignature"
        line, at = found
        if not -MAX_AGE <= at - now.timestamp() <= FUTURE_SLACK:
            return f"its clock is wrong by {at - now.timestamp():.0f} seconds"
        cursor.execute(
            "INSERT INTO ledger_cosignature (size, witness, at, line) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [signed.size, witness.name, at, line],
        )
        return None


def _line_of(witness: Witness, signed: str, body: str) -> tuple[str, int] | None:
    """The witness's verified line and its time, out of an answer that may hold lines of other keys of its."""
    text, _ = note.split(signed)
    for line in body.splitlines(keepends=True)[:MAX_LINES]:
        try:
            _, found = note.verify_lines(note.join(text, [line]), [witness.vkey])
        except NoteError:
            continue
        return line, found[0].time or 0
    return None


def over_http(url: str) -> Ask:
    """Asks the witness at this address."""
    parts = urlsplit(url)

    def ask(body: bytes) -> Answer:
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        try:
            link = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
            try:
                link.request("POST", f"{parts.path.rstrip('/')}/add-checkpoint", body, {"User-Agent": "ledger"})
                answer = link.getresponse()
                data = answer.read(MAX_ANSWER).decode("utf-8", "replace")
            finally:
                link.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(f"no answer from {url}: {error or type(error).__name__}") from error
        return Answer(answer.status, data)

    return ask


def over_address_file(file: Path) -> Ask:
    """Asks the witness of this machine, whose process writes where it answers into its folder."""

    def ask(body: bytes) -> Answer:
        try:
            url = file.read_text("utf-8").strip()
        except OSError as error:
            raise Unreachable(f"no witness has run here yet: {error}") from error
        return over_http(url)(body)

    return ask
