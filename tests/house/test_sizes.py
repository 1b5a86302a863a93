"""Small files and small functions; whatever is larger says why here."""

import pytest

from tests.house import tree

PYTHON, TESTS, TEMPLATE, FUNCTION = 400, 600, 150, 60

#: Path → why it may be longer. An entry that is no longer needed fails.
REASONS: dict[str, str] = {}


def too_long(paths, limit: int) -> dict[str, int]:
    lengths = {tree.name(path): len(path.read_text("utf-8").splitlines()) for path in paths}
    return {name: length for name, length in lengths.items() if length > limit}


@pytest.mark.parametrize(
    ("paths", "limit"),
    [(lambda: tree.source(), PYTHON), (lambda: tree.source(tests=True), TESTS), (lambda: tree.templates(), TEMPLATE)],
    ids=["python", "tests", "templates"],
)
def test_files_stay_short_or_say_why(paths, limit):
    unexplained = {name: length for name, length in too_long(paths(), limit).items() if name not in REASONS}
    assert unexplained == {}


def test_no_reason_outlives_its_file():
    long = (
        too_long(tree.source(), PYTHON)
        | too_long(tree.source(tests=True), TESTS)
        | too_long(tree.templates(), TEMPLATE)
    )
    assert sorted(REASONS) == sorted(name for name in REASONS if name in long)


def test_functions_stay_short():
    long = {
        f"{tree.name(path)}:{function}": length
        for path in [*tree.source(), *tree.source(tests=True)]
        for function, length in tree.functions(path)
        if length > FUNCTION
    }
    assert long == {}


def test_the_length_of_a_function_is_measured(tmp_path):
    path = tmp_path / "example.py"
    path.write_text("def short():\n    return 1\n\n\nasync def long(\n    a,\n):\n    b = a\n    return b\n")
    assert dict(tree.functions(path)) == {"short": 2, "long": 5}


def test_no_junk_drawers():
    junk = {"utils", "util", "common", "helpers", "helper", "base", "misc", "lib"}
    assert [
        tree.name(path) for path in tree.source() if path.stem in junk or junk & set(path.parts[len(tree.ROOT.parts) :])
    ] == []
