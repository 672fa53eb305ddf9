"""Metadata policies: the JSON documents in which the service keeps role assignments.

Source: docs/vendors/purview.md, section 6 (POL, tutorial-metadata-policy-collections-apis).
"""

from collections.abc import Callable, Iterator
from uuid import NAMESPACE_URL, uuid5

from local.purview.behaviour.access import ANYONE, Access, Role
from local.purview.behaviour.collections import Collection, Collections
from local.purview.errors import gateway_error
from local.purview.model import Json
from local.purview.switches import PurviewSwitches
from local.purview.unified_switches import STALE

RULE_PREFIX = "purviewmetadatarole_builtin_"


class Policies:
    """One policy per collection, a view on its role assignments."""

    def __init__(self, collections: Collections, access: Access, switches: Callable[[], PurviewSwitches]) -> None:
        self._collections, self._access, self._switches = collections, access, switches
        self._versions: dict[str, int] = {}

    def of_collection(self, name: str) -> Json:
        """The policy of a collection."""
        return self._format(self._collections.get(name))

    def get(self, policy_id: str) -> Json:
        """A policy by its id."""
        return self._format(self._find(policy_id))

    def list(self) -> list[Json]:
        """The policies of all collections."""
        return [self._format(each) for each in self._collections]

    def put(self, policy_id: str, policy: Json) -> Json:
        """Replace the assignments of the collection with those in the policy."""
        collection = self._find(policy_id)
        self._check_version(collection, policy)
        derived = set(_derived_rules(policy, collection.name))
        granted = {
            role: who
            for role, who in _read_rules(policy, collection.name)
            if _rule_id(role, collection.name) in derived
        }
        for role in Role:
            members = self._access.members(collection.name, role)
            members.intersection_update({ANYONE})
            members.update(granted.get(role, set()))
        self._versions[collection.name] = self._versions.get(collection.name, 0) + 1
        return self._format(collection)

    def _check_version(self, collection: Collection, policy: Json) -> None:
        status = STALE[self._switches().stale_policy]
        current = self._versions.get(collection.name, 0)
        if status and policy.get("version") != current:
            raise gateway_error(status, "VersionConflict", f"The policy has version {current}.")

    def _find(self, policy_id: str) -> Collection:
        for each in self._collections:
            if _policy_id(each.name) == policy_id:
                return each
        raise gateway_error(404, "NotFound", f"Policy {policy_id} is not found.")

    def _format(self, collection: Collection) -> Json:
        name = collection.name
        rules = list(self._role_rules(name))
        properties: Json = {
            "description": "",
            "decisionRules": [_decision_rule(name)],
            "attributeRules": [*rules, _permission_rule(name, [rule["id"] for rule in rules], collection.parent)],
            "collection": {"type": "CollectionReference", "referenceName": name},
        }
        if collection.parent is not None:
            properties["parentCollectionName"] = collection.parent
        return {
            "name": f"policy_collection_{name}",
            "id": _policy_id(name),
            "version": self._versions.get(name, 0),
            "properties": properties,
        }

    def _role_rules(self, collection: str) -> Iterator[Json]:
        """The root shows all roles, a sub-collection only those that have members, besides its administrators."""
        for role in Role:
            members = sorted(self._access.members(collection, role) - {ANYONE})
            if members or role is Role.COLLECTION_ADMIN or collection == self._collections.root.name:
                yield _role_rule(role, collection, members)


def _policy_id(collection: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"purview/policies/{collection}"))


def _role_rule(role: Role, collection: str, members: list[str]) -> Json:
    rule = f"{RULE_PREFIX}{role}"
    derived = {"fromRule": rule, "attributeName": "derived.purview.role", "attributeValueIncludes": rule}
    principals = {"attributeName": "principal.microsoft.id", "attributeValueIncludedIn": members}
    name = f"{rule}:{collection}"
    return {"kind": "attributerule", "id": name, "name": name, "dnfCondition": [[principals, derived]]}


def _permission_rule(collection: str, own: list[str], parent: str | None) -> Json:
    """What the permission follows from: the roles that have a rule here, and the permission of the parent."""
    name = f"permission:{collection}"
    sources = [*own, f"permission:{parent}"] if parent else own
    clauses = [
        [{"fromRule": source, "attributeName": "derived.purview.permission", "attributeValueIncludes": source}]
        for source in sources
    ]
    return {"kind": "attributerule", "id": name, "name": name, "dnfCondition": clauses}


def _decision_rule(collection: str) -> Json:
    permission = f"permission:{collection}"
    conditions = [
        {"attributeName": "resource.purview.collection", "attributeValueIncludes": collection},
        {"fromRule": permission, "attributeName": "derived.purview.permission", "attributeValueIncludes": permission},
    ]
    return {"kind": "decisionrule", "effect": "Permit", "dnfCondition": [conditions]}


def _rule_id(role: Role, collection: str) -> str:
    return f"{RULE_PREFIX}{role}:{collection}"


def _derived_rules(policy: Json, collection: str) -> Iterator[str]:
    """The rules that the collection's permission follows from: a role that it does not follow from gives nothing."""
    for rule in policy.get("properties", {}).get("attributeRules", []):
        if rule.get("id") == f"permission:{collection}":
            yield from (each.get("fromRule", "") for clause in rule.get("dnfCondition", []) for each in clause)


def _read_rules(policy: Json, collection: str) -> Iterator[tuple[Role, set[str]]]:
    rules = {_rule_id(role, collection): role for role in Role}
    for rule in policy.get("properties", {}).get("attributeRules", []):
        if rule.get("id") in rules:
            conditions = [each for clause in rule.get("dnfCondition", []) for each in clause]
            members = {
                member
                for each in conditions
                if each.get("attributeName") == "principal.microsoft.id"
                for member in each.get("attributeValueIncludedIn", [])
            }
            yield rules[rule["id"]], members
