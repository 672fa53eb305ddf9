"""Who may do what in the Unified Catalog: policies as documents, and the rights that follow from them.

Source: docs/vendors/unified-catalog.md, section 7.
"""

import copy
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from local.purview.behaviour.access import ANYONE, Caller
from local.purview.model import Json
from local.purview.switches import PurviewSwitches
from local.purview.unified.errors import NOT_FOUND, invalid, refuse, unauthorized
from local.purview.unified.model import Concept, Domain, Kind
from local.purview.unified.roles import ROLES_OF, Role, Scope, new_policy, read_members
from local.purview.unified_switches import STALE

EVERYWHERE = "*"
_WRITERS = {Kind.TERM: Role.STEWARD, Kind.PRODUCT: Role.PRODUCT_OWNER}


class UnifiedAccess:
    """All policies of the catalog. At first anyone has every role, which no policy shows."""

    def __init__(self, switches: Callable[[], PurviewSwitches], now: Callable[[], datetime]) -> None:
        self._switches, self._now = switches, now
        self.app_id = str(uuid4())
        self._policies: dict[str, Json] = {}
        self._made_at: dict[str, datetime] = {}
        self._given_at: dict[tuple[Role, str, str], datetime] = {}
        self._anyone: set[tuple[Role, str]] = {(role, EVERYWHERE) for role in Role}
        self._add(Scope.APP, self.app_id, {Role.ADMINISTRATOR: [], Role.DOMAIN_CREATOR: []})

    # Policies

    def add_domain(self, domain: Domain, owner: str) -> None:
        """The two policies of a new domain; who made it has its roles."""
        self._add(Scope.DOMAIN, domain.id, {Role.DOMAIN_OWNER: [owner]}, self.app_id)
        path = f"{self.app_id}/{domain.id}"
        self._add(Scope.QUALITY, domain.id, {Role.STEWARD: [owner], Role.PRODUCT_OWNER: [owner]}, path)

    def remove_domain(self, domain_id: str) -> None:
        """Its policies go with it."""
        for policy_id, policy in list(self._policies.items()):
            if policy["properties"]["entity"]["referenceName"] == domain_id:
                del self._policies[policy_id]

    def policies(self, caller: Caller) -> list[Json]:
        """Those that the caller may change."""
        lag = timedelta(seconds=self._switches().unified_create_lag_s)
        ripe = [policy for policy in self._policies.values() if self._is_ripe(policy, lag)]
        return [copy.deepcopy(policy) for policy in ripe if self._may_change(caller, policy)]

    def put(self, caller: Caller, policy_id: str, body: Json) -> Json:
        """Replace a policy as a whole; its version must be the current one."""
        policy = self._policies.get(policy_id)
        if policy is None:
            raise refuse(404, NOT_FOUND, f"Policy {policy_id} does not exist.")
        if not self._may_change(caller, policy):
            raise unauthorized("Not authorized to change the policy")
        properties = body.get("properties")
        if not isinstance(properties, dict) or properties.get("entity") != policy["properties"]["entity"]:
            raise invalid("The policy must be given as a whole, its entity unchanged.")
        status = STALE[self._switches().unified_stale_policy]
        if status and body.get("version") != policy["version"]:
            raise refuse(status, "VersionConflict", f"The policy has version {policy['version']}.")
        changed = policy | {"version": policy["version"] + 1, "properties": copy.deepcopy(properties)}
        self._keep(changed)
        return copy.deepcopy(changed)

    def grant(self, member: str, roles: Iterable[Role], domain_id: str | None = None) -> None:
        """Give roles at once, for the catalog or one domain: `*` as the member is anyone."""
        for role in roles:
            if member == ANYONE:
                self._anyone.add((role, domain_id or EVERYWHERE))
            else:
                self._give(member, role, domain_id)

    def revoke_all(self, member: str) -> None:
        """Take all roles from a member."""
        if member == ANYONE:
            self._anyone.clear()
        for policy in self._policies.values():
            for rule in policy["properties"]["attributeRules"]:
                for condition in (each for clause in rule["dnfCondition"] for each in clause):
                    if member in condition.get("attributeValueIncludedIn", ()):
                        condition["attributeValueIncludedIn"].remove(member)
        self._given_at = {key: at for key, at in self._given_at.items() if key[2] != member}

    # Rights

    def has_any_role(self, caller: Caller) -> bool:
        """Does the caller have any role at all?"""
        return bool(self._anyone) or any(who == caller.object_id for _, _, who in self._given_at)

    def has(self, caller: Caller, *roles: Role, domain_id: str = "") -> bool:
        """Does the caller have one of the roles, for the whole catalog or for the domain?"""
        scopes = {EVERYWHERE, self.app_id, domain_id}
        if any((role, scope) in self._anyone for role in roles for scope in scopes):
            return True
        return any(self._counts((role, scope, caller.object_id)) for role in roles for scope in scopes)

    def may_read(self, caller: Caller, domain_id: str) -> bool:
        """Does the caller see what is published in the domain?"""
        readers = (Role.GLOBAL_READER, Role.ASSET_CURATOR, Role.DOMAIN_OWNER, Role.DOMAIN_READER)
        return self.has(caller, *readers, Role.STEWARD, Role.PRODUCT_OWNER, domain_id=domain_id)

    def may_see(self, caller: Caller, concept: Concept) -> bool:
        """A draft or expired one is seen by the domain's stewards and owners only."""
        if concept.is_published:
            return self.may_read(caller, concept.domain_id)
        return self.may_write(caller, concept.kind, concept.domain_id)

    def may_write(self, caller: Caller, kind: Kind, domain_id: str) -> bool:
        """May the caller make and change terms, or data products, of the domain?"""
        return self.has(caller, _WRITERS[kind], Role.DOMAIN_OWNER, domain_id=domain_id)

    # Parts

    def _may_change(self, caller: Caller, policy: Json) -> bool:
        scope_id = policy["properties"]["entity"]["referenceName"]
        owns = scope_id != self.app_id and self.has(caller, Role.DOMAIN_OWNER, domain_id=scope_id)
        return owns or self.has(caller, Role.ADMINISTRATOR)

    def _is_ripe(self, policy: Json, lag: timedelta) -> bool:
        is_app = policy["properties"]["entity"]["type"] == Scope.APP
        return is_app or self._now() - self._made_at[policy["id"]] >= lag

    def _counts(self, key: tuple[Role, str, str]) -> bool:
        given_at = self._given_at.get(key)
        lag = timedelta(seconds=self._switches().unified_role_lag_s)
        return given_at is not None and self._now() - given_at >= lag

    def _add(self, scope: Scope, scope_id: str, members: dict[Role, list[str]], parent: str = "") -> None:
        policy = new_policy(str(uuid4()), scope, scope_id, members, parent)
        self._made_at[policy["id"]] = self._now()
        self._keep(policy)

    def _keep(self, policy: Json) -> None:
        self._policies[policy["id"]] = policy
        scope_id = policy["properties"]["entity"]["referenceName"]
        members = {(role, scope_id, who) for role, who in read_members(policy)}
        roles = ROLES_OF[Scope(policy["properties"]["entity"]["type"])]
        for key in list(self._given_at):
            if key[1] == scope_id and key[0] in roles and key not in members:
                del self._given_at[key]
        for key in members:
            self._given_at.setdefault(key, self._now())

    def _give(self, member: str, role: Role, domain_id: str | None) -> None:
        for policy in list(self._policies.values()):
            entity = policy["properties"]["entity"]
            if entity["referenceName"] == (domain_id or self.app_id) and role in ROLES_OF[Scope(entity["type"])]:
                self._keep(_with_member(policy, entity, role, member))


def _with_member(policy: Json, entity: Json, role: Role, member: str) -> Json:
    """The policy with one more member."""
    members: dict[Role, list[str]] = {}
    for known, who in read_members(policy):
        members.setdefault(known, []).append(who)
    members.setdefault(role, []).append(member)
    scope, scope_id = Scope(entity["type"]), entity["referenceName"]
    made = new_policy(policy["id"], scope, scope_id, members, policy["properties"].get("parentEntityName", ""))
    return made | {"version": policy["version"] + 1}
