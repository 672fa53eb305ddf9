"""The threat list names every security test and no other, so that neither grows without the other."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = REPOSITORY / "docs" / "security.md"
TESTS = REPOSITORY / "tests"
ELSEWHERE = (
    TESTS / "unit" / "infra" / "test_package.py",
    TESTS / "integration" / "sync_core" / "operations" / "test_bundle.py",
)


def names_in(path: Path) -> set[str]:
    return set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def named() -> set[str]:
    return set(re.findall(r"`(test_\w+)`", DOCUMENT.read_text(encoding="utf-8")))


def test_each_test_that_is_named_exists_and_each_that_exists_is_named() -> None:
    here = {
        name for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__) for name in names_in(path)
    }
    assert named() - here - set().union(*map(names_in, ELSEWHERE)) == set()
    assert here - named() == set()


def test_every_threat_has_a_protection_and_a_test() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").split("## Threats\n")[1].split("\n## ")[0]
    rows = [
        line.split(" | ") for line in text.splitlines() if line.startswith("| ") and not line.startswith("| threat")
    ]
    assert len(rows) > 30
    assert all(len(cells) == 3 and "`test_" in cells[2] for cells in rows)


def test_it_is_told_how_to_report_a_hole() -> None:
    assert "Report a vulnerability" in (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
