"""The floors and the stairs: ``[tool.importlinter]`` in pyproject.toml, told in docs/structure.md."""

import subprocess
import sys

from tests.house.tree import ROOT


def test_the_import_contracts_are_kept():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[result.stdout.find("Broken contracts") :] + result.stderr
    assert "0 broken" in result.stdout
