from pathlib import Path

import pytest

from infra.checks.__main__ import main
from infra.checks.compiler import OLDEST, NoCompilerError, find_compiler


def make_program(path: Path, says: str) -> str:
    """Make a program that prints a line whatever it is asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def places(folder: Path) -> dict[str, str]:
    """Return an environment whose path and Azure CLI are these folders."""
    return {"PATH": str(folder / "path"), "AZURE_CONFIG_DIR": str(folder / "azure"), "HOME": str(folder)}


def test_the_file_that_bicep_names_comes_first_then_the_path_then_that_of_the_azure_cli(tmp_path: Path) -> None:
    says = "Bicep CLI version 0.49.2 (b34271ac51)"
    of_azure_cli = make_program(tmp_path / "azure" / "bin" / "bicep", says)
    assert str(find_compiler(places(tmp_path)).path) == of_azure_cli
    on_path = make_program(tmp_path / "path" / "bicep", says)
    assert str(find_compiler(places(tmp_path)).path) == on_path
    named = make_program(tmp_path / "own" / "compiler", says)
    assert str(find_compiler({**places(tmp_path), "BICEP": named}).path) == named


def test_without_a_compiler_it_is_told_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], places(tmp_path)) == 2
    said = capsys.readouterr().err
    assert "There is no Bicep compiler here" in said
    assert "az bicep install" in said


def test_a_file_that_is_not_there_is_named_and_no_other_is_taken(tmp_path: Path) -> None:
    make_program(tmp_path / "path" / "bicep", "Bicep CLI version 0.49.2 (b34271ac51)")
    with pytest.raises(NoCompilerError, match="BICEP names /nowhere/bicep, expected the compiler's file"):
        find_compiler({**places(tmp_path), "BICEP": "/nowhere/bicep"})


def test_a_compiler_without_snapshots_is_refused_with_both_versions(tmp_path: Path) -> None:
    make_program(tmp_path / "path" / "bicep", "Bicep CLI version 0.30.1 (abc)")
    with pytest.raises(NoCompilerError, match=r"is Bicep 0\.30\.1, expected 0\.41\.2 or later"):
        find_compiler(places(tmp_path))
    assert OLDEST == (0, 41, 2)


def test_a_program_of_that_name_that_is_something_else_is_refused(tmp_path: Path) -> None:
    make_program(tmp_path / "path" / "bicep", "flexing")
    with pytest.raises(NoCompilerError, match="expected Bicep's version"):
        find_compiler(places(tmp_path))


def test_the_azure_cli_installs_the_compiler_where_it_has_none(tmp_path: Path) -> None:
    installed = tmp_path / "azure" / "bin" / "bicep"
    azure_cli = tmp_path / "path" / "az"
    make_program(azure_cli, "")
    azure_cli.write_text(
        f"#!/bin/sh\n[ \"$*\" = 'bicep install' ] && /bin/mkdir -p {installed.parent} && "
        f'echo "#!/bin/sh\necho Bicep CLI version 0.1.2" > {installed} && /bin/chmod +x {installed}\n'
    )
    assert main([], places(tmp_path)) == 2, "found, and too old"
    assert installed.is_file()
