"""Governance domains. Source: docs/vendors/unified-catalog.md, section 2."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from local.purview.behaviour.access import Caller
from local.purview.model import Json
from local.purview.switches import PurviewSwitches
from local.purview.unified.access import UnifiedAccess
from local.purview.unified.errors import invalid, unauthorized
from local.purview.unified.lifetimes import Shelf, required
from local.purview.unified.model import Domain, Status
from local.purview.unified.roles import Role

STAGING = ".StagingDomain"
OWN_FIELDS = {"id", "name", "status", "type", "parentId", "systemData"}


class Domains:
    """All domains, with their policies."""

    def __init__(
        self, access: UnifiedAccess, switches: Callable[[], PurviewSwitches], now: Callable[[], datetime]
    ) -> None:
        self._access, self._now = access, now
        self.shelf: Shelf[Domain] = Shelf("BusinessDomain", switches, now)

    def visible(self, caller: Caller) -> list[Domain]:
        """Those that the caller sees in a list."""
        return [domain for domain in self.shelf.listed() if self._may_see(caller, domain)]

    def get(self, caller: Caller, domain_id: str) -> Domain:
        """One that the caller may see."""
        domain = self.shelf.get(domain_id)
        if not self._may_see(caller, domain):
            raise unauthorized("Not authorized to read the business domain")
        return domain

    def create(self, body: Json, by: str, *, is_system: bool = False) -> Domain:
        """A new domain, with its policies."""
        required(body, "name")
        now = self._now()
        domain = Domain(
            id=str(uuid4()),
            name=str(body["name"]),
            status=read_status(body),
            type=str(body.get("type") or "FunctionalUnit"),
            parent_id=body.get("parentId") or None,
            is_system=is_system,
            created_at=now,
            created_by=by,
            modified_at=now,
            modified_by=by,
            body={key: value for key, value in body.items() if key not in OWN_FIELDS},
        )
        self._access.add_domain(domain, by)
        return self.shelf.add(domain)

    def replace(self, caller: Caller, domain_id: str, body: Json, by: str) -> Domain:
        """Replace all that a body says; it must have the id."""
        domain = self._changeable(caller, domain_id)
        required(body, "id", "name")
        domain.name, domain.status = str(body["name"]), read_status(body)
        domain.type, domain.parent_id = str(body.get("type") or domain.type), body.get("parentId") or None
        domain.body = {key: value for key, value in body.items() if key not in OWN_FIELDS}
        domain.modified_at, domain.modified_by = self._now(), by
        return domain

    def delete(self, caller: Caller, domain_id: str) -> None:
        """Only an unpublished one; its children go along."""
        domain = self._changeable(caller, domain_id)
        if domain.status is Status.PUBLISHED:
            raise invalid("A published business domain cannot be deleted.")
        for child in [each for each in self.shelf if each.parent_id == domain.id]:
            child.status = Status.DRAFT
            self.delete(caller, child.id)
        self._access.remove_domain(domain.id)
        self.shelf.remove(domain)

    def staging(self, by: str) -> Domain:
        """The system domain that copies of classic terms land in."""
        found = next((domain for domain in self.shelf if domain.is_system), None)
        return found or self.create({"name": STAGING, "status": "Published"}, by, is_system=True)

    def _changeable(self, caller: Caller, domain_id: str) -> Domain:
        domain = self.shelf.get(domain_id)
        if not self._access.has(caller, Role.DOMAIN_OWNER, domain_id=domain.id):
            raise unauthorized("Not authorized to change the business domain")
        if domain.is_system:
            raise invalid("A system domain cannot be changed.")
        return domain

    def _may_see(self, caller: Caller, domain: Domain) -> bool:
        if domain.is_system:
            return self._access.has(caller, Role.DOMAIN_CREATOR, Role.STEWARD, Role.DOMAIN_READER, domain_id=domain.id)
        if domain.status is Status.PUBLISHED:
            return self._access.has_any_role(caller)
        return self._access.has(caller, Role.DOMAIN_OWNER, Role.DOMAIN_READER, domain_id=domain.id)


def read_status(body: Json) -> Status:
    """The status in any case; a draft where there is none."""
    try:
        return Status(str(body.get("status") or Status.DRAFT).upper())
    except ValueError as error:
        raise invalid(f"The status {body.get('status')!r} is unknown.") from error
