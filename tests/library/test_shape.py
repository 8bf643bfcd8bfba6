"""The shape of the library: functions that can be read at one glance, and packages that say what they hold."""

import ast
from pathlib import Path

import inventory_valuation

LIBRARY = Path(inventory_valuation.__file__).parent
MOST_LINES, MOST_PARAMETERS = 60, 8


def test_no_function_is_long_or_takes_many_parameters():
    too_much = []
    for path in sorted(LIBRARY.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                lines = node.end_lineno - node.lineno + 1
                parameters = len(node.args.posonlyargs + node.args.args + node.args.kwonlyargs)
                if lines > MOST_LINES or parameters > MOST_PARAMETERS:
                    too_much.append((path.relative_to(LIBRARY).as_posix(), node.name, lines, parameters))
    assert too_much == []


def test_every_package_says_what_it_holds():
    for folder in {path.parent for path in LIBRARY.rglob("*.py")}:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text())), folder
