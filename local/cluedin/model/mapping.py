"""Vocabularies and mappings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary; its keys are `key_prefix.name`."""

    vocabulary_id: str
    vocabulary_name: str
    key_prefix: str
    created_at: datetime
    is_active: bool = True
    is_dynamic: bool = True
    is_clued_in_core: bool = False
    is_provider: bool = False


@dataclass(frozen=True)
class VocabularyKey:
    """A vocabulary key such as `user.email`."""

    vocabulary_key_id: str
    vocabulary_id: str
    name: str
    display_name: str
    key: str
    data_type: str
    created_at: datetime
    is_visible: bool = True
    is_dynamic: bool = True
    is_clued_in_core: bool = False
    is_obsolete: bool = False
    is_provider: bool = False


@dataclass(frozen=True)
class PropertyAnnotation:
    """One mapped vocabulary key of a mapping."""

    vocab_key: str
    vocabulary_key: VocabularyKey
    use_as_entity_code: bool = False
    use_as_alias: bool = False


@dataclass(frozen=True)
class EntityAnnotation:
    """The mapping of a data set to an entity type."""

    id: int
    name: str
    entity_type: str
    icon: str
    display_name: str
    vocabulary_id: str
    author: str
    created_at: datetime
    updated_at: datetime
    annotation_properties: tuple[PropertyAnnotation, ...] = ()
    is_dynamic_vocab: bool = True
    name_key: str | None = None
    description_key: str | None = None
    origin_entity_code_key: str = "--auto-generated--"
    origin: str = "--data-source-name--"
    preview_image_key: str | None = None
    created_date_map: str | None = None
    modified_date_map: str | None = None
    culture_key: str | None = None
    version_key: str | None = None
    before_creating_clue: str | None = None
    before_sending_clue: str | None = None
    use_strict_edge_code: bool = False
    use_default_source_code: bool = False
