"""The README is short, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from inventory_valuation.cli import COMMANDS, MODULES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def test_it_is_read_in_a_few_minutes():
    assert len(README.splitlines()) < 120
    assert not [line for line in README.splitlines() if len(line) > 120]


def test_its_commands_exist():
    targets = set(re.findall(r"^([\w-]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"^make ([\w-]+)|`make ([\w-]+)", README, re.MULTILINE))
    named = {name for pair in named for name in pair if name}
    assert {"build", "check", "template", "workbook", "workbook-import", "journal", "test"} <= named <= targets
    called = set(re.findall(r"inventory-valuation ([\w-]+)", README + MAKEFILE))
    assert called - {"command"} <= {*COMMANDS, *MODULES}


def test_its_vars_settings_and_files_exist():
    known = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
    written = yaml.safe_load(re.search(r"```yaml\n(.*?)```", README, re.DOTALL)[1])
    assert written.keys() <= known.keys()
    assert {"decimal_separator", "day_or_month_first"} <= set(re.findall(r"`(\w+): ", README)) & known.keys()
    settings = set(re.findall(r"\b([A-Z]{4,})=", README))
    assert settings <= set(re.findall(r"^([A-Z_]+) \?=", MAKEFILE, re.MULTILINE)) | {"PERIOD"}
    files = re.findall(r"\]\(([\w/.]+)\)|`(seeds/[\w.]+)`", README)
    assert len(files) > 6
    assert not [name for pair in files for name in pair if name and not (ROOT / name).exists()]
