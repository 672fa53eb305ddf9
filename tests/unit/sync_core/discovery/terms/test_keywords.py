"""The keywords as people write them, in the app's settings or in CluedIn's."""

import pytest

from sync_core.discovery.terms.keywords import Keyword, check_length, parse_selection, unquote
from sync_core.errors import ConfigError


def parsed(text: str) -> list[tuple[str, str]]:
    return [(keyword.term, keyword.glossary) for keyword in parse_selection(text, "SYNC_TERM").keywords]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sync to CluedIn", [("Sync to CluedIn", "")]),
        ("Sync@Glossary", [("Sync", "Glossary")]),
        (" Sync @ Glossary ", [("Sync", "Glossary")]),
        ("me@home@Glossary", [("me@home", "Glossary")]),
        ("A; B@G ;;C;", [("A", ""), ("B", "G"), ("C", "")]),
        ("A;A;a", [("A", ""), ("a", "")]),
        ("C*; D", [("C*", ""), ("D", "")]),
        ("Ü & 数据@G", [("Ü & 数据", "G")]),
    ],
)
def test_keywords_are_terms_with_or_without_a_glossary(text: str, expected: list[tuple[str, str]]) -> None:
    assert parsed(text) == expected
    assert not parse_selection(text, "SYNC_TERM").is_all


@pytest.mark.parametrize("text", ["*", " * ", "*;*", "Sync; *", "*;Sync@Glossary"])
def test_a_star_selects_all_whatever_stands_beside_it(text: str) -> None:
    selection = parse_selection(text, "SYNC_TERM")
    assert selection.is_all
    assert str(selection) == "*"


@pytest.mark.parametrize("text", ["", " ", ";", " ; ;"])
def test_no_keyword_at_all_is_for_a_person_to_mend_and_never_means_all(text: str) -> None:
    with pytest.raises(ConfigError, match=r"Purview\.Keywords is empty; expected a glossary term"):
        parse_selection(text, "Purview.Keywords")


@pytest.mark.parametrize("text", ["@Glossary", "Term@", "@", " @ ", "A; @G"])
def test_half_a_keyword_is_for_a_person_to_mend(text: str) -> None:
    with pytest.raises(ConfigError, match=r"SYNC_TERM has the keyword .*expected Term@Glossary with all names"):
        parse_selection(text, "SYNC_TERM")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("product:Sales", Keyword("Sales", "", is_product=True)),
        ("Product: Sales @ Finance ", Keyword("Sales", "Finance", is_product=True)),
        ("PRODUCT:a@b@Finance", Keyword("a@b", "Finance", is_product=True)),
        ("products:Sales", Keyword("products:Sales")),
        ("my product:Sales", Keyword("my product:Sales")),
    ],
)
def test_a_data_product_is_named_with_its_prefix(text: str, expected: Keyword) -> None:
    assert parse_selection(text, "SYNC_TERM").keywords == (expected,)


def test_a_term_and_a_product_of_one_name_are_two_keywords() -> None:
    selection = parse_selection("Sales; product:Sales; product: Sales", "SYNC_TERM")
    assert str(selection) == "Sales; product:Sales"


@pytest.mark.parametrize("text", ["product:", "product: ", "product:@Finance", "product:Sales@"])
def test_half_a_product_is_for_a_person_to_mend(text: str) -> None:
    with pytest.raises(ConfigError, match=r"expected product:Name or product:Name@Governance domain"):
        parse_selection(text, "SYNC_TERM")


def test_a_name_with_an_at_sign_is_written_with_its_place_and_one_with_a_semicolon_cannot_be() -> None:
    assert parsed("Mail@Home@Finance") == [("Mail@Home", "Finance")]
    assert parsed("Mail@Home") == [("Mail", "Home")]
    assert parsed("Bread; butter") == [("Bread", ""), ("butter", "")]


def test_a_selection_reads_like_what_was_written() -> None:
    assert str(parse_selection("A ;B@G", "SYNC_TERM")) == "A; B@G"
    assert Keyword("A", "G").formal_name == "A@G"


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ('"CluedInSource"', "CluedInSource"),
        (' "Sync to CluedIn" ', "Sync to CluedIn"),
        ('"A;B"', "A;B"),
        ('"A"; "B@G"', "A;B@G"),
        ('"A";', "A;"),
        ('"A"; B', "A;B"),
        ('A; "product:B"', "A;product:B"),
        ('"A" ; "B";', "A;B;"),
        ("Sync to CluedIn", "Sync to CluedIn"),
        ('A "quoted" term', 'A "quoted" term'),
        ('"', '"'),
        ('""', ""),
        ("", ""),
        ("*", "*"),
    ],
)
def test_the_quotes_that_cluedin_stores_around_keywords_are_taken_off(stored: str, expected: str) -> None:
    assert unquote(stored) == expected


def test_more_keywords_than_a_row_can_keep_are_refused_by_the_settings_name() -> None:
    assert len(parse_selection(";".join(f"Term {number}" for number in range(5000)), "SYNC_TERM").keywords) == 5000
    with pytest.raises(ConfigError, match="SYNC_TERM has 5001 keywords; expected 5000 at most"):
        parse_selection(";".join(f"Term {number}" for number in range(5001)), "SYNC_TERM")


@pytest.mark.parametrize("text", ["T" * 100_001, "é" * 100_001, "\U0001f600" * 50_001])
def test_a_text_of_keywords_longer_than_a_row_can_keep_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"SYNC_TERM has 10000[12] characters; expected 100000 at most"):
        check_length(text, "SYNC_TERM")
    check_length(text[:50_000], "SYNC_TERM")
