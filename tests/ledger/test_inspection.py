"""The inspection finds what somebody with all rights did to the tables or the folder (attack 1), and nothing else."""

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from ledger import inspection, log, merkle, signer
from ledger.settling import Machinery
from tests.ledger.harness import sql, write

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def machinery(tmp_path):
    write(300)
    machinery = Machinery.under(tmp_path)
    machinery.settle()
    write(1, start=900)
    machinery.settle()
    return machinery


def as_superuser(statement, *parameters):
    with transaction.atomic():
        for table in ("record", "entry", "pending", "tree_state", "checkpoint", "tile"):
            sql(f"ALTER TABLE ledger_{table} DISABLE TRIGGER ALL")
        sql(statement, *parameters)


def found(machinery):
    return list(inspection.problems(machinery))


def test_a_log_in_order(machinery):
    assert found(machinery) == []
    write(1, start=901)
    assert found(machinery) == []


EDIT = "UPDATE ledger_record SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'c-7\"', 'c-8\"'), 'UTF8')"


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (EDIT, "entry 6: the leaf does not hash to its stored hash"),
        ("DELETE FROM ledger_entry WHERE idx = 5", "entry 5 is missing"),
        ("DELETE FROM ledger_entry WHERE idx = 300", "the tree says 301 entries, there are 300"),
        ("INSERT INTO ledger_pending SELECT record_id FROM ledger_entry WHERE idx = 3", "record 4 is neither"),
        ("UPDATE ledger_tree_state SET root = sha256('x')", "the tree of size 301 has another root"),
        (
            "UPDATE ledger_checkpoint SET root = sha256('x') WHERE size = 300",
            "the checkpoint of size 300 has another root",
        ),
    ],
)
def test_what_a_superuser_changes_is_found(machinery, statement, problem):
    as_superuser(statement)
    assert any(problem in line for line in found(machinery)), found(machinery)


def test_a_tile_changed_in_the_tables_differs_from_the_public_one(machinery):
    as_superuser("UPDATE ledger_tile SET data = %s WHERE level = 0 AND n = 0", bytes(256 * 32))
    assert found(machinery) == ["the public folder holds another tile/0/000 than the tables"]


def test_the_public_folder_is_held_against_the_tables(machinery):
    tile = machinery.public / "tile/0/000"
    data = tile.read_bytes()
    tile.write_bytes(data[:-1] + b"\0")
    assert found(machinery) == ["the public folder holds another tile/0/000 than the tables"]
    tile.unlink()
    assert found(machinery) == ["the public folder lacks tile/0/000"]


def test_commands_prepare_settle_and_inspect(tmp_path, settings, capsys):
    places = {"PUBLIC_DIR": "public", "SIGNER_DIR": "signer", "POLICY_FILE": "policy", "KEK_FILE": "kek"}
    with override_settings(LEDGER={**settings.LEDGER, **{name: tmp_path / place for name, place in places.items()}}):
        for _ in range(2):
            call_command("ledger_init")
        call_command("ledger_sequence", "--once")
        # The first leaf, and the files that readers use: schemas, the machines' rules, the verifier.
        assert log.status().size == 4
        call_command("ledger_sequence", "--settle")
        call_command("ledger_verify")
        assert "in order" in capsys.readouterr().out
        assert sql("SELECT count(*) FROM ledger_record") == [(4,)]
        as_superuser("UPDATE ledger_tree_state SET root = %s", merkle.EMPTY_ROOT)
        with pytest.raises(CommandError, match="1 problems"):
            call_command("ledger_verify")


def test_the_signers_process_and_the_settings_name_the_same_log(settings):
    """The signer reads no settings; its own default must be theirs, or it would sign as another log."""
    assert settings.LEDGER["ORIGIN"] == signer.DEFAULT_ORIGIN
