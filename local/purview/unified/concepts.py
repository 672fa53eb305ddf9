"""Terms and data products: what a domain holds and what is linked with assets.

Source: docs/vendors/unified-catalog.md, sections 3, 4 and 6.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from local.purview.behaviour.access import Caller
from local.purview.model import Json
from local.purview.switches import PurviewSwitches
from local.purview.unified.access import UnifiedAccess
from local.purview.unified.domains import Domains, read_status
from local.purview.unified.errors import invalid, not_found, refuse, unauthorized
from local.purview.unified.lifetimes import Shelf, required
from local.purview.unified.model import Concept, Kind, Link, Status
from local.purview.unified.roles import Role

OWN_FIELDS = {"id", "name", "domain", "status", "parentId", "systemData"}
NOT_KEPT = {"audience", "updateFrequency"}
"""A PUT of a data product does not keep these, as reported live."""
_TITLES = {Kind.TERM: "Term", Kind.PRODUCT: "DataProduct"}


class Concepts:
    """The terms, or the data products, of all domains."""

    def __init__(
        self,
        kind: Kind,
        domains: Domains,
        access: UnifiedAccess,
        switches: Callable[[], PurviewSwitches],
        now: Callable[[], datetime],
    ) -> None:
        self.kind, self._domains, self._access, self._switches, self._now = kind, domains, access, switches, now
        self.title = _TITLES[kind]
        self.shelf: Shelf[Concept] = Shelf(self.title, switches, now)

    # Reading

    def visible(self, caller: Caller) -> list[Concept]:
        """Those that the caller sees in a list, where a hidden one is never shown."""
        return [concept for concept in self.shelf.listed() if self._access.may_see(caller, concept)]

    def get(self, caller: Caller, concept_id: str) -> Concept:
        """One by id; a hidden one as is switched."""
        concept = self.shelf.get(concept_id)
        if self._access.may_see(caller, concept) or self._shows_hidden(caller, concept):
            return concept
        raise self._hidden(concept_id)

    def links(self, caller: Caller, concept_id: str, entity_type: str | None) -> list[Link]:
        """The relationships of one, of one entity type or all."""
        concept = self.get(caller, concept_id)
        is_blank = self._switches().unified_hidden == "links_empty" and not self._access.may_see(caller, concept)
        return [] if is_blank else concept.links_of(entity_type)

    def _shows_hidden(self, caller: Caller, concept: Concept) -> bool:
        is_open = self._switches().unified_hidden in {"readable", "links_empty"}
        return is_open and self._access.may_read(caller, concept.domain_id)

    def _hidden(self, concept_id: str) -> Exception:
        if self._switches().unified_hidden == "forbidden":
            return unauthorized(f"Not authorized to read {concept_id}")
        return not_found(self.title, concept_id)

    # Writing

    def create(self, caller: Caller, body: Json, by: str) -> Concept:
        """A new one; the server gives the id."""
        self._check(caller, body)
        if self._switches().unified_duplicate_names == "refused" and self._has(str(body["name"]), str(body["domain"])):
            raise refuse(
                409, "DataCatalogConflict", f"{self.title} {body['name']} exists already in this business domain."
            )
        return self.add(body, by)

    def _has(self, name: str, domain_id: str) -> bool:
        return any((one.name, one.domain_id) == (name, domain_id.lower()) for one in self.shelf)

    def add(self, body: Json, by: str, concept_id: str = "") -> Concept:
        """A new one, as the service itself makes it."""
        now = self._now()
        kept = {key: value for key, value in body.items() if key not in OWN_FIELDS}
        return self.shelf.add(
            Concept(
                id=concept_id or str(uuid4()),
                kind=self.kind,
                name=str(body["name"]),
                domain_id=str(body["domain"]).lower(),
                status=read_status(body),
                parent_id=body.get("parentId") or None,
                created_at=now,
                created_by=by,
                modified_at=now,
                modified_by=by,
                body=kept,
            )
        )

    def replace(self, caller: Caller, concept_id: str, body: Json, by: str) -> Concept:
        """Replace everything; what the body lacks is gone. Another domain is for drafts only."""
        concept = self.shelf.get(concept_id)
        self._check_writer(caller, concept.domain_id)
        self._check(caller, body)
        if str(body["domain"]).lower() != concept.domain_id and concept.status is not Status.DRAFT:
            raise invalid("Only a draft can be moved to another business domain.")
        concept.name, concept.domain_id = str(body["name"]), str(body["domain"]).lower()
        concept.status, concept.parent_id = read_status(body), body.get("parentId") or None
        unkept = OWN_FIELDS | (NOT_KEPT if self.kind is Kind.PRODUCT else set())
        concept.body = {key: value for key, value in body.items() if key not in unkept}
        concept.modified_at, concept.modified_by = self._now(), by
        return concept

    def delete(self, caller: Caller, concept_id: str) -> None:
        """Only one that is unpublished and unlinked."""
        concept = self.shelf.get(concept_id)
        self._check_writer(caller, concept.domain_id)
        if concept.is_published or concept.links:
            raise invalid(f"{self.title} {concept.id} is published or linked: it cannot be deleted.")
        self.shelf.remove(concept)

    def _check(self, caller: Caller, body: Json) -> None:
        required(body, "name", "domain", *(("type",) if self.kind is Kind.PRODUCT else ()))
        domain = self._domains.shelf.get(str(body["domain"]))
        self._check_writer(caller, domain.id)
        if read_status(body) is Status.PUBLISHED and domain.status is not Status.PUBLISHED:
            raise invalid("Entity cannot be published in an unpublished domain.")
        if body.get("parentId") and self.shelf.get(str(body["parentId"])).domain_id != domain.id:
            raise invalid("A child and its parent must be of the same business domain.")
        owners = _read_contacts(body)
        if self.kind is Kind.PRODUCT and not owners:
            raise invalid("A data product must have an owner.")

    def _check_writer(self, caller: Caller, domain_id: str) -> None:
        if not self._access.may_write(caller, self.kind, domain_id):
            raise unauthorized(f"Not authorized to change a {self.title} of business domain {domain_id}")

    def check_linker(self, caller: Caller, concept: Concept) -> None:
        """Who writes it may link it; an asset curator a published term too."""
        is_curator = concept.is_published and self._access.has(caller, Role.ASSET_CURATOR)
        if not is_curator:
            self._check_writer(caller, concept.domain_id)


def _read_contacts(body: Json) -> list[str]:
    """The owners; every contact's id must be a GUID."""
    contacts = body.get("contacts") or {}
    for each in (one for group in contacts.values() for one in group or []):
        try:
            UUID(str(each.get("id")))
        except ValueError as error:
            raise invalid(f"Error converting value '{each.get('id')}' to type 'System.Guid'.") from error
    return [str(each["id"]) for each in contacts.get("owner") or []]
