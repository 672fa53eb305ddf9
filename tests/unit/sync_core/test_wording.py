"""Counts agree with their nouns and verbs."""

from sync_core.wording import many, verb


def test_a_count_has_its_noun() -> None:
    assert [many(1, "asset"), many(1250, "asset"), many(0, "asset")] == ["1 asset", "1,250 assets", "0 assets"]
    assert many(2, "delivery", "deliveries") == "2 deliveries"


def test_a_verb_agrees_with_its_count() -> None:
    assert [verb(count, "is", "are") for count in (0, 1, 2)] == ["are", "is", "are"]
