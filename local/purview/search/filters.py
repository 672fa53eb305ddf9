"""Search filters: from JSON to the set of documents that fit.

Source: docs/vendors/purview.md, section 1, table of filter forms.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from local.purview.behaviour.collections import Collections
from local.purview.behaviour.types import TypeRegistry
from local.purview.errors import PurviewError, gateway_error
from local.purview.model import Json
from local.purview.search.documents import Document
from local.purview.search.index import SearchIndex
from local.purview.switches import PurviewSwitches

HOUR_MS = 3_600_000
TIME_RANGES = {
    "LAST_24H": 24,
    "LAST_7D": 7 * 24,
    "LAST_30D": 30 * 24,
    "LAST_365D": 365 * 24,
    "MORE_THAN_365D": 365 * 24,
}
"""Name to hours; the last one means older."""

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "gt": lambda value, wanted: value > wanted,
    "ge": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "le": lambda value, wanted: value <= wanted,
}
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda value, wanted: wanted.lower() in value.lower(),
    "prefix": lambda value, wanted: value.lower().startswith(wanted.lower()),
}
_MODIFIERS = {"kind", "glossary", "includeSubTypes", "includeSubClassifications", "operator", "attributeValue"}
"""Keys that only say more about another key of the same object; `kind` says nothing."""


def bad_request(message: str) -> PurviewError:
    """How search refuses; the service's own shape is not published."""
    return gateway_error(400, "InvalidRequest", message)


class FilterEvaluator:
    """Evaluates filters on one state of the index."""

    def __init__(
        self,
        index: SearchIndex,
        types: TypeRegistry,
        collections: Collections,
        switches: PurviewSwitches,
        now_ms: int,
    ) -> None:
        self._index, self._types, self._collections = index, types, collections
        self._switches, self._now_ms = switches, now_ms
        self._forms: Mapping[str, Callable[[Any, Json], AbstractSet[int]]] = {
            "and": self._and,
            "or": self._or,
            "not": lambda inner, _: index.live - self.evaluate(inner),
            "term": self._term,
            "entityType": self._entity_type,
            "typeName": self._entity_type,
            "collectionId": self._collection,
            "classification": self._classification,
            "fileExtension": self._file_extension,
            "glossaryType": lambda value, _: index.scan(lambda document: document.glossary == value),
            "id": self._id,
            "createTime": lambda value, _: self._time("createTime", value),
            "updateTime": lambda value, _: self._time("updateTime", value),
            "attributeName": self._attribute,
            **{field: self._exact(field) for field in ("termGuid", "objectType", "assetType", "label")},
        }

    def evaluate(self, form: Any) -> AbstractSet[int]:
        """The documents that fit; several conditions in one object must all hold.

        Source: docs/vendors/purview.md, section 1, FLT.
        """
        if not isinstance(form, dict):
            raise bad_request(f"a filter must be an object, got {form!r}")
        conditions = [key for key in form if key not in _MODIFIERS]
        unknown = [key for key in conditions if key not in self._forms]
        if unknown:
            raise bad_request(f"unknown filter: {', '.join(unknown)}")
        result: AbstractSet[int] = self._index.live
        for key in conditions:
            found = self._forms[key](form[key], form)
            result = found if result is self._index.live else result & found
        return result

    def _and(self, forms: list[Json], _: Json) -> AbstractSet[int]:
        """Intersect what is wanted, smallest first, then take off what is not."""
        unwanted = [form["not"] for form in forms if isinstance(form, dict) and form.keys() == {"not"}]
        wanted = [self.evaluate(form) for form in forms if not (isinstance(form, dict) and form.keys() == {"not"})]
        result: AbstractSet[int] = self._index.live
        for found in sorted(wanted, key=len):
            result = found if result is self._index.live else result & found
        for form in unwanted:
            result = result - self.evaluate(form)
        return result

    def _or(self, forms: list[Json], _: Json) -> AbstractSet[int]:
        found: set[int] = set()
        return found.union(*(self.evaluate(form) for form in forms))

    def _exact(self, field: str) -> Callable[[Any, Json], AbstractSet[int]]:
        return lambda value, _: self._index.having(field, str(value))

    def _term(self, name: Any, form: Json) -> AbstractSet[int]:
        found = self._index.having("term", str(name))
        glossary = form.get("glossary")
        if glossary is None:
            return found
        return {
            number
            for number in found
            if any(term.name == name and term.glossary == glossary for term in self._index[number].terms)
        }

    def _entity_type(self, name: Any, form: Json) -> AbstractSet[int]:
        if not form.get("includeSubTypes") or name not in self._types:
            return self._index.having("entityType", str(name))
        found: set[int] = set()
        return found.union(*(self._index.having("entityType", each) for each in self._types.subtypes(str(name))))

    def _collection(self, name: Any, _: Json) -> AbstractSet[int]:
        if not self._switches.collection_filter_includes_children or name not in self._collections:
            return self._index.having("collectionId", str(name))
        found: set[int] = set()
        subtree = self._collections.subtree(str(name))
        return found.union(*(self._index.having("collectionId", each) for each in subtree))

    def _classification(self, name: Any, form: Json) -> AbstractSet[int]:
        found: set[int] = set(self._index.having("classification", str(name)))
        if form.get("includeSubClassifications"):
            for definition in self._types.of_category("CLASSIFICATION"):
                if name in definition["superTypes"]:
                    found |= self._classification(definition["name"], form)
        return found

    def _file_extension(self, extension: Any, _: Json) -> AbstractSet[int]:
        suffix = f".{extension}".lower()
        return self._index.scan(lambda document: document.name.lower().endswith(suffix))

    def _id(self, value: Any, _: Json) -> AbstractSet[int]:
        if isinstance(value, dict):
            return self._index.compared("id", _operator(value), str(value.get("value")))
        return self._index.having("id", str(value))

    def _time(self, field: str, value: Any) -> AbstractSet[int]:
        if isinstance(value, str):
            operator, threshold = self._range(value)
            return self._index.compared(field, operator, threshold)
        if not isinstance(value, dict) or not isinstance(value.get("timeThreshold"), int):
            raise bad_request(f"{field}: expected a range name or operator and timeThreshold, got {value!r}")
        operator = _operator(value)
        if self._switches.time_operators == "lt_only" and operator != "lt":
            raise bad_request(f"{field}: operator {operator} is not supported")
        return self._index.compared(field, operator, value["timeThreshold"])

    def _range(self, name: str) -> tuple[str, int]:
        if name not in TIME_RANGES:
            raise bad_request(f"unknown time range {name}, expected one of {', '.join(TIME_RANGES)}")
        return "lt" if name.startswith("MORE") else "ge", self._now_ms - TIME_RANGES[name] * HOUR_MS

    def _attribute(self, name: Any, form: Json) -> AbstractSet[int]:
        operator, wanted = str(form.get("operator", "eq")), form.get("attributeValue")
        if operator == "timerange":
            compare, threshold = self._range(str(wanted))
            return self._index.scan(_comparison(str(name), compare, threshold))
        if operator not in _COMPARE | _TEXT:
            raise bad_request(f"unknown operator {operator}")
        return self._index.scan(_comparison(str(name), operator, wanted))


def _operator(form: Json) -> str:
    operator = str(form.get("operator"))
    if operator not in _COMPARE or operator == "ne":
        raise bad_request(f"unknown operator {operator}")
    return operator


def _comparison(name: str, operator: str, wanted: Any) -> Callable[[Document], bool]:
    """A predicate; documents without the attribute, or with one of another kind, do not fit."""

    def fits(document: Document) -> bool:
        value = attribute_value(document, name)
        if value is None:
            return False
        if operator in _TEXT:
            return isinstance(value, str) and _TEXT[operator](value, str(wanted))
        if operator not in {"eq", "ne"} and isinstance(value, str) != isinstance(wanted, str):
            return False
        return _COMPARE[operator](value, wanted)

    return fits


def attribute_value(document: Document, name: str) -> Any:
    """A system field, an attribute, or `<BusinessMetadata>.<attribute>`."""
    system = {"createTime": document.create_time, "updateTime": document.update_time, "guid": document.id}
    if name in system:
        return system[name]
    group, dot, attribute = name.partition(".")
    if dot and document.business_attributes and group in document.business_attributes:
        return document.business_attributes[group].get(attribute)
    return document.attributes.get(name)
