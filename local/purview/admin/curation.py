"""Enables asset curation and goes on with it, as a person and the service's own migration do."""

from uuid import uuid4

from local.purview.model import Entity
from local.purview.simulator import Purview
from local.purview.unified.curation import Phase
from local.purview.unified.model import Concept, Domain, Status

MIGRATOR = "migration"
SAMPLE_GLOSSARIES = 5
LINK_LIMIT = 100


def advance(purview: Purview, phase: Phase, domain: Domain | None) -> list[Concept]:
    """Go on to a phase, through those before it; returns the terms that were copied, moved or published last.

    Raises:
        ValueError: it would be a way back, or terms have to be moved and no domain is given.
    """
    order = list(Phase)
    current = purview.unified.curation.phase
    if phase is Phase.DIRECT:
        if current is not Phase.OFF:
            raise ValueError(f"curation is {current} already: it cannot be switched directly any more")
        return _enter(purview, phase, domain)
    if current is Phase.DIRECT or order.index(phase) <= order.index(current):
        raise ValueError(f"curation is {current}: it goes on only")
    touched: list[Concept] = []
    for step in order[order.index(current) + 1 : order.index(phase) + 1]:
        if step is not Phase.SAMPLE or phase is Phase.SAMPLE:
            touched = _enter(purview, step, domain)
    return touched


def _enter(purview: Purview, phase: Phase, domain: Domain | None) -> list[Concept]:
    if phase in {Phase.MOVED, Phase.PUBLISHED} and domain is None:
        raise ValueError("name the domain that the staged terms are moved to")
    purview.unified.curation.phase = phase
    match phase:
        case Phase.SAMPLE:
            return _copy(purview, purview.glossary.glossaries()[:SAMPLE_GLOSSARIES])
        case Phase.STAGED:
            _forget_in_search(purview)
            return _copy(purview, purview.glossary.glossaries())
        case Phase.MOVED if domain is not None:
            return _move(purview, domain)
        case Phase.PUBLISHED if domain is not None:
            return _publish(purview, domain)
        case Phase.DIRECT:
            _forget_in_search(purview)
    return []


def _forget_in_search(purview: Purview) -> None:
    """The index looks again at all assets that have a classic term."""
    for glossary in purview.glossary.glossaries():
        for term, _ in purview.glossary.terms(glossary):
            for entity, _ in purview.glossary.assigned(term):
                purview.catalog.touch(entity.guid)


def _copy(purview: Purview, glossaries: list[Entity]) -> list[Concept]:
    staging = purview.unified.domains.staging(MIGRATOR)
    made: dict[str, Concept] = {}
    for glossary in glossaries:
        for term, _ in purview.glossary.terms(glossary):
            made[term.guid] = _copy_term(purview, term, staging)
    for guid, copy in made.items():
        parent = purview.glossary.parent(purview.catalog.entities[guid])
        copy.parent_id = made[parent[0].guid].id if parent else None
    return list(made.values())


def _copy_term(purview: Purview, term: Entity, staging: Domain) -> Concept:
    switches, unified = purview.switches, purview.unified
    is_short = switches.migrated_child_name == "short"
    name = str((is_short and term.attributes.get("nickName")) or term.display_text)
    body = {"name": name, "domain": staging.id, "description": term.attributes.get("longDescription") or ""}
    wanted = term.guid if switches.migrated_id == "same" else str(uuid4())
    copy = unified.terms.add(body, MIGRATOR, wanted)
    assigned = purview.glossary.assigned(term)
    for entity, _ in assigned[:LINK_LIMIT] if switches.migrated_links_over_limit == "cut" else assigned:
        if entity.is_active:
            unified.link_entity(copy, entity, MIGRATOR)
    return copy


def _staged(purview: Purview, domain: Domain) -> list[Concept]:
    return [term for term in purview.unified.terms.shelf if term.domain_id == domain.id and term.created_by == MIGRATOR]


def _move(purview: Purview, domain: Domain) -> list[Concept]:
    terms = _staged(purview, purview.unified.domains.staging(MIGRATOR))
    for term in terms:
        term.domain_id = domain.id
    return terms


def _publish(purview: Purview, domain: Domain) -> list[Concept]:
    domain.status = Status.PUBLISHED
    terms = _staged(purview, domain)
    for term in terms:
        term.status = Status.PUBLISHED
    return terms
