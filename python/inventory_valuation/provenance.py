"""What figures came from: hashes of the files that were read, and of the project that read them."""

from __future__ import annotations

import hashlib
from pathlib import Path

# What decides on figures: library, models, macros and settings. Seeds are policies of their own.
CODE = ("dbt_project.yml", "macros/**/*.sql", "models/**/*.sql", "models/**/*.py", "python/**/*.py")


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def project_hash(root: Path) -> str:
    """Hash of all code under the project's root, by path and bytes."""
    return code_hash(root, *CODE)


def code_hash(root: Path, *patterns: str) -> str:
    """Hash of the files below a folder that match any of the patterns, by path and bytes."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            digest.update(f"{path.relative_to(root).as_posix()}:{file_hash(path)}\n".encode())
    return digest.hexdigest()
