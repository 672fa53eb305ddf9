import io

from rich.console import Console

from local.demo.report import Report, shorten


def make_report() -> tuple[Report, io.StringIO]:
    output = io.StringIO()
    return Report(Console(file=output, width=100)), output


def test_every_promise_gets_a_line_and_one_failure_fails_all() -> None:
    report, output = make_report()
    report.check("the first [promise]", holds=True, detail=18)
    report.check("the second promise", holds=False, detail="17 [of] 18")
    report.finish()
    assert not report.passed
    assert "PASS the first [promise] (18)" in output.getvalue()
    assert "FAIL the second promise (17 [of] 18)" in output.getvalue()
    assert "FAIL 1 of 2 checks do not hold" in output.getvalue()


def test_nothing_checked_is_nothing_passed() -> None:
    report, _ = make_report()
    assert not report.passed


def test_all_promises_kept_is_passed() -> None:
    report, output = make_report()
    report.check("a promise", holds=True)
    report.finish()
    assert report.passed
    assert "PASS all 1 checks hold" in output.getvalue()


def test_a_long_text_loses_its_middle() -> None:
    assert shorten("mssql://server/database/schema/Customers", 19) == "mssql:…ma/Customers"
    assert shorten("short", 5) == "short"
