"""The contracts of docs/architecture.md hold: import-linter runs inside the suite, not only in ``make check``."""

from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[2]


def test_every_import_contract_is_kept(capfd, tmp_path):
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=str(tmp_path / "grimp"))

    assert status == EXIT_STATUS_SUCCESS, capfd.readouterr().out
