"""Which keywords name a target that one of them does not find any more."""

from collections.abc import Mapping, Sequence

from sync_core.catalog.values import Kind
from sync_core.discovery.terms.find_concepts import Found
from sync_core.discovery.terms.known_targets import KnownTargets
from sync_core.discovery.terms.targets import Resolution, Store, Target
from sync_core.settings import TermStore


def known(words: Sequence[str], remembered: Mapping[str, Sequence[str]]) -> KnownTargets:
    return KnownTargets(words, TermStore.AUTO, remembered)


def found(*words: str, unread: Mapping[str, str]) -> Found:
    target = Target(words, Store.UNIFIED, Kind.TERM, "u1", "Tag", "Finance")
    return Found(Resolution((target,), ()), unread=unread)


def test_a_term_that_only_its_formal_name_finds_is_named_by_its_bare_name_still() -> None:
    """After a migration glossaries may list no term, while a term is found by its qualified name."""
    targets = known(["Tag", "Tag@Glossary"], {"c1": ["Tag", "Tag@Glossary"]})
    targets.add_classic({"Tag": [], "Tag@Glossary": ["c1"]}, is_partial=False)
    assert (targets.keywords, targets.kept) == ({"c1": ["Tag", "Tag@Glossary"]}, [])


def test_a_term_that_has_another_name_now_is_named_by_the_old_one_no_more() -> None:
    targets = known(["Old", "Tag"], {"c1": ["Old"]})
    targets.add_classic({"Old": [], "Tag": ["c1"]}, is_partial=False)
    assert targets.keywords == {"c1": ["Tag"]}


def test_a_keyword_that_cannot_be_asked_for_names_what_it_named_also_where_another_one_finds_it() -> None:
    targets = known(["Tag@Finance", "Tag"], {"terms/u1": ["Tag@Finance", "Tag"]})
    targets.add_catalog(found("Tag", unread={"Tag@Finance": "the domains cannot be read"}))
    assert targets.keywords == {"terms/u1": ["Tag@Finance", "Tag"]}


def test_a_keyword_that_finds_another_term_names_the_old_one_no_more() -> None:
    targets = known(["Tag@Finance", "Tag"], {"terms/u1": ["Tag@Finance", "Tag"]})
    targets.add_catalog(found("Tag", unread={}))
    assert targets.keywords == {"terms/u1": ["Tag"]}
