"""Vocabularies and their keys, made on demand by a mapping as CluedIn's automatic mapping does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

from local.cluedin import model
from local.cluedin.errors import not_found
from local.cluedin.store import Page, Store, cut_page

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9_]+")


def to_key_name(original_field: str) -> str:
    """Turn a column name into the last part of a vocabulary key: "E-Mail Address" gives "eMailAddress"."""
    words = [word for word in _NOT_IN_KEYS.split(original_field) if word]
    if not words:
        return "field"
    first, *others = words
    return first[0].lower() + first[1:] + "".join(word[0].upper() + word[1:] for word in others)


def ensure_vocabulary(store: Store, *, name: str, key_prefix: str) -> model.Vocabulary:
    """Find the vocabulary with this key prefix, or make it."""
    for vocabulary in store.vocabularies.values():
        if vocabulary.key_prefix == key_prefix:
            return vocabulary
    vocabulary = model.Vocabulary(
        vocabulary_id=str(uuid4()),
        vocabulary_name=name,
        key_prefix=key_prefix,
        created_at=store.now(),
    )
    store.vocabularies[vocabulary.vocabulary_id] = vocabulary
    return vocabulary


def configured_vocabulary(store: Store, configuration: Mapping[str, str | None]) -> model.Vocabulary:
    """Find or make the vocabulary that a mapping configuration names: {vocabulary_id} or {vocabulary_name, key_prefix}.

    Raises:
        ServiceError: 404 for an unknown id.
    """
    if (guid := configuration.get("vocabulary_id")) is not None:
        return find_vocabulary(store, guid)
    prefix = configuration.get("key_prefix") or "vocabulary"
    return ensure_vocabulary(store, name=configuration.get("vocabulary_name") or prefix, key_prefix=prefix)


def find_vocabulary(store: Store, guid: str) -> model.Vocabulary:
    """Get a vocabulary by id.

    Raises:
        ServiceError: 404 when there is none.
    """
    found = store.vocabularies.get(guid.lower())
    if found is None:
        raise not_found("vocabulary", guid)
    return found


def ensure_key(store: Store, key: str) -> model.VocabularyKey:
    """Find a vocabulary key such as "user.email", or make it, with its vocabulary where that is missing too."""
    if key in store.vocabulary_keys:
        return store.vocabulary_keys[key]
    prefix, _, name = key.rpartition(".")
    vocabulary = ensure_vocabulary(store, name=prefix.capitalize(), key_prefix=prefix)
    made = model.VocabularyKey(
        vocabulary_key_id=str(uuid4()),
        vocabulary_id=vocabulary.vocabulary_id,
        name=name,
        display_name=name[:1].upper() + name[1:],
        key=key,
        data_type="Email" if "email" in name.lower() else "Text",
        created_at=store.now(),
    )
    store.vocabulary_keys[key] = made
    return made


def find_key(store: Store, guid: str) -> model.VocabularyKey:
    """Get a vocabulary key by its id.

    Raises:
        ServiceError: 404 when there is none.
    """
    for key in store.vocabulary_keys.values():
        if key.vocabulary_key_id == guid.lower():
            return key
    raise not_found("vocabulary key", guid)


def list_vocabularies(store: Store, *, search_name: str, page_number: int, page_size: int) -> Page[model.Vocabulary]:
    """List vocabularies whose name contains the text; this list's pages are numbered from 1."""
    needle = search_name.casefold()
    found = [row for row in store.vocabularies.values() if needle in row.vocabulary_name.casefold()]
    return cut_page(found, page_number - 1, page_size)


def list_keys(store: Store, vocabulary_id: str, *, search_name: str) -> Page[model.VocabularyKey]:
    """List the keys of one vocabulary."""
    guid, needle = vocabulary_id.lower(), search_name.casefold()
    found = [
        row for row in store.vocabulary_keys.values() if row.vocabulary_id == guid and needle in row.key.casefold()
    ]
    return Page(total=len(found), data=found)
