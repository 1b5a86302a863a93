"""``python -m college.verify``: the verdict as an exit code, without portal, database or network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from college import issuers, statuslist
from college.verify import main
from tests.college import papers
from tests.college.papers import INDEX, issuer, paper, self_issued, status_list

ROOT = Path(__file__).resolve().parents[2]
PURE = [
    "attendance",
    "completion",
    "contexts",
    "credentials",
    "experts",
    "instants",
    "issuers",
    "multikey",
    "proofs",
    "qr",
    "rdf",
    "refunds",
    "statuslist",
    "strictjson",
    "verify",
    "verifying",
    "waitingroom",
]


@pytest.fixture
def file(tmp_path):
    def write(name, value):
        path = tmp_path / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def keys(file):
    return file("did.json", issuers.document(issuer()))


def test_valid_from_a_known_issuer(file, keys, capsys):
    assert main([file("paper.json", paper()), "--keys", keys]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("valid, issuer known\n")
    assert "김하늘" in shown


def test_valid_from_nobody_known(file, capsys):
    assert main([file("paper.json", self_issued())]) == 0
    assert capsys.readouterr().out.startswith("valid, issuer not known\n")


def test_refused_without_the_keys(file, capsys):
    assert main([file("paper.json", paper())]) == 1
    assert capsys.readouterr().out.startswith("refused: proof.method\n")


def test_refused_when_revoked(file, keys, capsys):
    bits = statuslist.with_bit(papers.BITS, INDEX, True)
    lists = [
        file("r.json", status_list("revocation", bits=bits, until=papers.NOW.replace(year=2999))),
        file("s.json", status_list("suspension", until=papers.NOW.replace(year=2999))),
    ]
    arguments = [file("paper.json", papers.listed()), "--keys", keys]
    assert main([*arguments, *(word for path in lists for word in ("--list", path))]) == 1
    assert capsys.readouterr().out.startswith("refused: status.revoked\n")
    assert main(arguments) == 1
    assert capsys.readouterr().out.startswith("refused: status.unknown\n")


def test_no_json_is_refused(file):
    assert main([file("paper.json", "not json")]) == 1


@pytest.mark.parametrize("bad", ["not json", "[]", "{}", '{"id":1,"id":1}'])
def test_unusable_keys(file, capsys, bad):
    assert main([file("paper.json", paper()), "--keys", file("k.json", bad)]) == 2
    assert capsys.readouterr().err.startswith("unusable: ")


def test_unusable_files(file, keys, tmp_path):
    assert main([str(tmp_path / "none.json")]) == 2
    assert main([file("paper.json", paper()), "--keys", keys, "--list", str(tmp_path / "none.json")]) == 2


def test_as_a_command_without_django_or_network(file, keys):
    blocked = (
        "import sys, socket\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        assert name.partition('.')[0] not in {'django', 'openbadgeslib', 'psycopg'}, name\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "socket.socket.connect = None\n"
        "import importlib\n"
        f"for name in {PURE!r}: importlib.import_module('college.' + name)\n"
        "from college.verify import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", blocked, file("paper.json", paper()), "--keys", keys]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
