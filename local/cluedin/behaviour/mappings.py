"""Mappings: from original columns to vocabulary keys, under an entity type."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local.cluedin import model
from local.cluedin.behaviour.data_sets import change_data_set
from local.cluedin.behaviour.vocabularies import ensure_key, to_key_name
from local.cluedin.errors import bad_request, not_found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from local.cluedin.store import Store


@dataclass(frozen=True)
class EntityType:
    """What golden records a mapping makes: "/Infrastructure/User", shown as "User"."""

    entity_type: str
    display_name: str
    icon: str = "Circle"


def create_annotation(
    store: Store,
    data_set: model.DataSet,
    entity_type: EntityType,
    vocabulary: model.Vocabulary,
    *,
    ignored_fields: Iterable[str] = (),
    is_dynamic_vocab: bool = True,
) -> model.EntityAnnotation:
    """Give a data set an empty mapping; a former mapping is dropped. Source: docs/vendors/cluedin.md, 2.9."""
    if data_set.annotation_id is not None:
        data_set = unmap(store, data_set)
    now = store.now()
    annotation = model.EntityAnnotation(
        id=store.take_number("annotations"),
        name=f"Auto-generated {data_set.id}",
        entity_type=entity_type.entity_type,
        icon=entity_type.icon,
        display_name=entity_type.display_name,
        vocabulary_id=vocabulary.vocabulary_id,
        author=data_set.author_id,
        created_at=now,
        updated_at=now,
        is_dynamic_vocab=is_dynamic_vocab,
    )
    store.annotations[annotation.id] = annotation
    ignored = tuple(_map(original, model.IGNORED_FIELD) for original in ignored_fields)
    _save_mappings(store, change_data_set(store, data_set, annotation_id=annotation.id), ignored)
    return store.annotations[annotation.id]


def map_all_fields(store: Store, data_set: model.DataSet, vocabulary: model.Vocabulary) -> model.DataSet:
    """Map each unmapped column to a key of its own name, as automatic mapping does."""
    mapped = {mapping.original_field for mapping in data_set.field_mappings}
    new = {
        original: f"{vocabulary.key_prefix}.{to_key_name(original)}"
        for original in data_set.original_fields or ()
        if original not in mapped
    }
    return map_fields(store, data_set, new)


def map_fields(store: Store, data_set: model.DataSet, keys: Mapping[str, str]) -> model.DataSet:
    """Map columns to keys (or to `--ignore--`), in place of what these columns were mapped to.

    Raises:
        ServiceError: 400 when the data set has no mapping yet.
    """
    if data_set.annotation_id is None:
        raise bad_request(f"data set {data_set.id} has no mapping")
    kept = {mapping.original_field: mapping for mapping in data_set.field_mappings}
    for original, key in keys.items():
        before = kept.get(original)
        kept[original] = replace(before, key=key) if before else _map(original, key)
    return _save_mappings(store, data_set, tuple(kept.values()))


def unmap_property(store: Store, data_set: model.DataSet, mapping_id: str) -> model.DataSet:
    """Drop one column from the mapping.

    Raises:
        ServiceError: 404 when no column is mapped under this id.
    """
    kept = tuple(mapping for mapping in data_set.field_mappings if mapping.id != mapping_id.upper())
    if len(kept) == len(data_set.field_mappings):
        raise not_found("property mapping", mapping_id)
    return _save_mappings(store, data_set, kept)


def unmap(store: Store, data_set: model.DataSet) -> model.DataSet:
    """Drop the whole mapping."""
    if data_set.annotation_id is not None:
        store.annotations.pop(data_set.annotation_id)
    return change_data_set(store, data_set, annotation_id=None, field_mappings=())


def flag_property(
    store: Store,
    annotation: model.EntityAnnotation,
    vocab_key: str,
    *,
    use_as_entity_code: bool,
    use_as_alias: bool,
) -> model.EntityAnnotation:
    """Say that a key identifies the record, or is another name of it."""
    flagged = tuple(
        replace(item, use_as_entity_code=use_as_entity_code, use_as_alias=use_as_alias)
        if item.vocab_key == vocab_key
        else item
        for item in annotation.annotation_properties
    )
    return change_annotation(store, annotation, annotation_properties=flagged)


def change_annotation(store: Store, annotation: model.EntityAnnotation, **changes: Any) -> model.EntityAnnotation:
    """Store a changed mapping and its new time."""
    changed = replace(annotation, updated_at=store.now(), **changes)
    store.annotations[changed.id] = changed
    return changed


def _map(original_field: str, key: str) -> model.PropertyMapping:
    return model.PropertyMapping(id=str(uuid4()).upper(), original_field=original_field, key=key)


def _save_mappings(
    store: Store,
    data_set: model.DataSet,
    mappings: tuple[model.PropertyMapping, ...],
) -> model.DataSet:
    """Store the columns' mappings and make the annotation's properties follow them."""
    annotation = store.annotation(data_set.annotation_id)
    before = {item.vocab_key: item for item in annotation.annotation_properties}
    keys = dict.fromkeys(mapping.key for mapping in mappings if mapping.key != model.IGNORED_FIELD)
    properties = tuple(
        before.get(key) or model.PropertyAnnotation(vocab_key=key, vocabulary_key=ensure_key(store, key))
        for key in keys
    )
    change_annotation(store, annotation, annotation_properties=properties)
    return change_data_set(store, data_set, field_mappings=mappings)
