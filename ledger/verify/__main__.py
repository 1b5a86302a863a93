"""`python -m ledger.verify`: checks a log, a proof or an opening without trusting whoever made them.

Exits 0 when all is right, 1 when it is refused (evidence against), 2 when nothing could be checked (file, network,
policy, arguments). Keys come from the policy file only.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ledger import entry, merkle, policy, proof, tiles
from ledger.machines import InvalidMachines
from ledger.policy import Policy, PolicyError
from ledger.verify.audit import Refused, audit
from ledger.verify.source import Unusable, open_source, read_file, read_text, read_tile
from ledger.verify.watch import Watch

OK, REFUSED, UNUSABLE = 0, 1, 2
LIVE_SECONDS = 15 * 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and answers its exit code."""
    options = _parser().parse_args(arguments)
    try:
        print(options.run(options))
    except (Unusable, PolicyError, InvalidMachines) as error:
        print(f"unusable: {error}", file=sys.stderr)
        return UNUSABLE
    except ValueError as error:
        print(f"refused: {error}", file=sys.stderr)
        return REFUSED
    return OK


def _audit(options: argparse.Namespace) -> str:
    rules = _policy(options)
    files = [read_file(path) for path in options.machines]
    age = _age(options, rules)
    seen = [read_text(path) for path in options.seen]
    former = [_policy_of(rules_file).check(read_text(path)) for path, rules_file in options.former]
    now = int(time.time())
    found = audit(open_source(options.log), rules, now=now, max_age=age, machines=files, seen=seen, former=former)
    replayed = ", replayed through the rules" if files else ""
    return f"ok: {found.origin}, {found.size} leaves{replayed}, root {found.root.hex()}"


def _watch(options: argparse.Namespace) -> str:
    rules = _policy(options)
    mirrors = [open_source(mirror) for mirror in options.mirror]
    watch = Watch(open_source(options.log), rules, Path(options.state), mirrors)
    while True:
        found, silent = watch.step(now=int(time.time()), max_age=_age(options, rules))
        for sentence in silent:
            print(sentence, file=sys.stderr)
        told = f"ok: {found.origin} stands at {found.size} leaves"
        if options.once:
            return told
        print(told, flush=True)
        time.sleep(options.every)


def _age(options: argparse.Namespace, rules: Policy) -> int | None:
    """Seconds that the cosignatures of this log may have: a live one has to be fresh, a copy may be of any day."""
    live = options.log.startswith(("http://", "https://")) and rules.quorum is not None
    return options.max_age if options.max_age is not None or not live else LIVE_SECONDS


def _proof(options: argparse.Namespace) -> str:
    found = proof.verify(
        read_text(options.proof),
        read_file(options.leaf),
        _policy(options),
        now=int(time.time()),
        max_age=options.max_age,
    )
    return f"ok: the leaf is in {found.origin} of {found.size} leaves"


def _consistency(options: argparse.Namespace) -> str:
    rules, source = _policy(options), open_source(options.log)
    old, new = (rules.check(read_text(path)) for path in (options.old, options.new))
    if old.origin != new.origin:
        raise Refused(f"two logs: {old.origin} and {new.origin}")
    if old.size > new.size:
        raise Refused(f"the old checkpoint has {old.size} leaves, the new one {new.size}")
    if old.size == 0:
        if old.root != merkle.EMPTY_ROOT:
            raise Refused("an empty log with the root of something")
    else:
        path = tiles.Tree(new.size, lambda tile: read_tile(source, tile)).consistency_proof(old.size)
        merkle.verify_consistency(old.size, new.size, old.root, new.root, path)
    return f"ok: {new.origin} grew from {old.size} to {new.size} leaves"


def _opening(options: argparse.Namespace) -> str:
    leaf = entry.parse_leaf(read_file(options.leaf))
    openings = json.loads(read_text(options.openings), object_pairs_hook=_no_duplicates)
    if not isinstance(openings, list) or not openings:
        raise Refused("openings are a list with at least one member")
    for opening in openings:
        _check_opening(leaf, opening)
    return f"ok: {len(openings)} values are those committed to"


def _check_opening(leaf: dict[str, Any], opening: Any) -> None:
    if not isinstance(opening, dict) or opening.keys() != {"path", "salt", "value"}:
        raise Refused("an opening has path, salt and value")
    place: Any = leaf
    for name in str(opening["path"]).split("."):
        place = place.get(name) if isinstance(place, dict) else None
    if not entry.is_commitment(place):
        raise Refused(f"the leaf has no commitment at {opening['path']}")
    if entry.commit(opening["value"], entry.salt_bytes(opening["salt"])) != place:
        raise Refused(f"the value of {opening['path']} is not the one committed to")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("a key twice in one object")
    return found


def _policy(options: argparse.Namespace) -> Policy:
    return _policy_of(options.policy)


def _policy_of(path: str) -> Policy:
    try:
        return policy.parse(read_text(path))
    except UnicodeDecodeError as error:
        raise PolicyError("the policy is not UTF-8") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ledger.verify", description=__doc__.split("\n\n")[0] if __doc__ else ""
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("audit", help="read the whole log and recompute everything")
    command.add_argument("log", metavar="DIR|URL")
    command.add_argument("--max-age", type=int, metavar="SECONDS", help=f"as for proof; {LIVE_SECONDS} for a URL")
    command.add_argument(
        "--machines", metavar="FILE", action="append", default=[], help="replay the leaves through these rules"
    )
    command.add_argument(
        "--seen",
        metavar="CHECKPOINT",
        action="append",
        default=[],
        help="a checkpoint kept from earlier, which the log must continue, and after which new leaves must be dated",
    )
    command.add_argument(
        "--former",
        nargs=2,
        metavar=("CHECKPOINT", "POLICY"),
        action="append",
        default=[],
        help="a checkpoint of the log whose place this one took, with the policy of its time: all its leaves must be here",
    )
    _with_policy(command).set_defaults(run=_audit)
    command = commands.add_parser("watch", help="keep the last checkpoint and see that the log only grows")
    command.add_argument("log", metavar="URL")
    command.add_argument("--state", required=True, metavar="DIR", help="where the checkpoint and evidence are kept")
    command.add_argument("--mirror", action="append", default=[], metavar="URL", help="another copy that must agree")
    command.add_argument("--max-age", type=int, metavar="SECONDS", help=f"as for proof; {LIVE_SECONDS} for a URL")
    command.add_argument("--every", type=float, default=60, metavar="SECONDS")
    command.add_argument("--once", action="store_true", help="look once instead of every minute")
    _with_policy(command).set_defaults(run=_watch)
    command = commands.add_parser("proof", help="check that a leaf is in the log")
    command.add_argument("proof", metavar="PROOF")
    command.add_argument("--leaf", required=True)
    command.add_argument("--max-age", type=int, metavar="SECONDS", help="only cosignatures this young count")
    _with_policy(command).set_defaults(run=_proof)
    command = commands.add_parser("consistency", help="check that one checkpoint continues another")
    command.add_argument("old", metavar="OLD")
    command.add_argument("new", metavar="NEW")
    command.add_argument("--log", required=True, metavar="DIR|URL")
    _with_policy(command).set_defaults(run=_consistency)
    command = commands.add_parser("opening", help="check opened values against their commitments")
    command.add_argument("openings", metavar="OPENINGS")
    command.add_argument("--leaf", required=True)
    command.set_defaults(run=_opening)
    return parser


def _with_policy(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("--policy", required=True, help="the file that names the log's and the witnesses' keys")
    return command


if __name__ == "__main__":
    sys.exit(main())
