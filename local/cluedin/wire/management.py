"""The management namespace: vocabularies, and the making of mappings. Source: docs/vendors/cluedin.md, 2.6, 2.9."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ariadne import ObjectType

from local.cluedin.behaviour import mappings, vocabularies
from local.cluedin.errors import bad_request
from local.cluedin.wire.namespace import Call, Namespace

if TYPE_CHECKING:
    from local.cluedin import model
    from local.cluedin.store import Page
    from local.cluedin.wire.namespace import Info

management = Namespace("Management")
vocabulary_key = ObjectType("VocabularyKey")


@management.operation("vocabularies")
def list_vocabularies(
    call: Call,
    *,
    search_name: str = "",
    page_number: int = 1,
    page_size: int = 20,
    **_: object,
) -> Page[model.Vocabulary]:
    """List vocabularies by name; the other filters are accepted and have no effect."""
    return vocabularies.list_vocabularies(
        call.store,
        search_name=search_name,
        page_number=page_number,
        page_size=page_size,
    )


@management.operation("vocabularyKeysFromVocabularyId")
def list_keys(call: Call, *, id: str, search_name: str = "", **_: object) -> Page[model.VocabularyKey]:  # noqa: A002
    """List a vocabulary's keys; the other filters are accepted and have no effect."""
    return vocabularies.list_keys(call.store, id, search_name=search_name)


@management.operation("createAutoAnnotation")
def create_auto_annotation(call: Call, *, data_set_id: str, **wanted: Any) -> model.EntityAnnotation:
    """Map a data set, each column to a key of its own name."""
    created = create_manual_annotation(call, data_set_id=data_set_id, **wanted)
    target = vocabularies.find_vocabulary(call.store, created.vocabulary_id)
    mappings.map_all_fields(call.store, call.store.data_set(data_set_id), target)
    return call.store.annotation(created.id)


@management.operation("createManualAnnotation")
def create_manual_annotation(
    call: Call,
    *,
    data_set_id: str,
    type: str,  # noqa: A002, ARG001 - the API's name; which types make a difference is unpublished
    mapping_configuration: dict[str, Any] | None = None,
    is_dynamic_vocab: bool = True,
) -> model.EntityAnnotation:
    """Give a data set a mapping without columns, except those to ignore."""
    wanted = mapping_configuration or {}
    target = vocabularies.configured_vocabulary(call.store, wanted.get("vocabulary_configuration") or {})
    return mappings.create_annotation(
        call.store,
        call.store.data_set(data_set_id),
        _read_entity_type(wanted.get("entity_type_configuration") or {}),
        target,
        ignored_fields=wanted.get("ignored_fields") or (),
        is_dynamic_vocab=is_dynamic_vocab,
    )


def _read_entity_type(configuration: dict[str, Any]) -> mappings.EntityType:
    name = configuration.get("entity_type")
    if not name:
        raise bad_request("mappingConfiguration.entityTypeConfiguration.entityType is required")
    display_name = configuration.get("display_name") or name.rpartition("/")[2]
    return mappings.EntityType(name, display_name, configuration.get("icon") or "Circle")


@management.operation("addPropertyMappingToCluedMappingConfiguration")
def add_property_mapping(
    call: Call,
    *,
    data_set_id: str,
    property_mapping_configuration: dict[str, Any],
    extra: bool = False,  # noqa: ARG001 - what it does is unpublished
) -> bool:
    """Map one column to an existing vocabulary key."""
    wanted = property_mapping_configuration
    key_id = (wanted.get("vocabulary_key_configuration") or {}).get("vocabulary_key_id")
    if key_id is None:
        raise bad_request("vocabularyKeyConfiguration.vocabularyKeyId is required; new keys are not simulated here")
    key = vocabularies.find_key(call.store, key_id)
    data_set = mappings.map_fields(call.store, call.store.data_set(data_set_id), {wanted["original_field"]: key.key})
    mappings.flag_property(
        call.store,
        call.store.annotation(data_set.annotation_id),
        key.key,
        use_as_entity_code=bool(wanted.get("use_as_entity_code")),
        use_as_alias=bool(wanted.get("use_as_alias")),
    )
    return True


@vocabulary_key.field("vocabulary")
def vocabulary_of_key(row: model.VocabularyKey, info: Info) -> model.Vocabulary | None:
    """The vocabulary."""
    return info.context.store.vocabularies.get(row.vocabulary_id)


TYPES = (management, vocabulary_key)
