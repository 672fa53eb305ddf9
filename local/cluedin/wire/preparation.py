"""The preparation namespace: mappings and processing logs. Source: docs/vendors/cluedin.md, 2.9, 2.10."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ariadne import ObjectType
from graphql import GraphQLError

from local.cluedin.behaviour import mappings, processing
from local.cluedin.store import Page, cut_page, to_number
from local.cluedin.wire.namespace import Call, Namespace

if TYPE_CHECKING:
    from local.cluedin import model
    from local.cluedin.wire.namespace import Info

preparation = Namespace("Preparation")
annotation = ObjectType("EntityAnnotation")
annotation_property = ObjectType("PropertyAnnotation")
submission = ObjectType("Submission")


@preparation.operation("annotation")
def find_annotation(call: Call, *, id: str) -> model.EntityAnnotation | None:  # noqa: A002 - the API's name
    """Find a mapping; null when there is none."""
    return call.store.annotations.get(to_number(id))


@preparation.operation("annotations")
def list_annotations(call: Call, *, page: int = 0, page_size: int = 20) -> Page[model.EntityAnnotation]:
    """List mappings."""
    return cut_page(list(call.store.annotations.values()), page, page_size)


@preparation.operation("modifyAnnotation")
def modify_annotation(call: Call, *, annotation: dict[str, Any]) -> bool:
    """Change the given members of a mapping."""
    changes = {name: value for name, value in annotation.items() if name != "id"}
    mappings.change_annotation(call.store, call.store.annotation(annotation.get("id")), **changes)
    return True


@preparation.operation("getAnnotationSubmissions")
def list_submissions(
    call: Call,
    *,
    id: str | None = None,  # noqa: A002 - the API's name
    data_set_id: str | None = None,
    page: int = 0,
    page_size: int = 20,
) -> Page[model.Submission]:
    """List processing logs of a mapping or of a data set; whether that works, and in which order, are switches."""
    if call.switches.submissions == "failing":
        raise GraphQLError("Object reference not set to an instance of an object.")
    return processing.list_submissions(
        call.store,
        annotation_id=None if id is None else to_number(id),
        data_set_id=data_set_id,
        page=page,
        page_size=page_size,
        is_newest_first=call.switches.submission_order == "newest",
    )


@annotation.field("entityTypeConfiguration")
def entity_type_configuration(row: model.EntityAnnotation, _: Info) -> dict[str, str]:
    """How the entity type is shown."""
    return {"icon": row.icon, "display_name": row.display_name, "entity_type": row.entity_type}


@annotation.field("vocabulary")
def vocabulary(row: model.EntityAnnotation, info: Info) -> model.Vocabulary | None:
    """The vocabulary that new keys go to."""
    return info.context.store.vocabularies.get(row.vocabulary_id)


@annotation_property.field("key")
def property_key(row: model.PropertyAnnotation, _: Info) -> str:
    """`user.city` gives "user_city"."""
    return row.vocab_key.replace(".", "_")


@annotation_property.field("displayName")
def property_display_name(row: model.PropertyAnnotation, _: Info) -> str:
    """The key's."""
    return row.vocabulary_key.display_name


@annotation_property.field("vocabularyKeyId")
def property_vocabulary_key_id(*_: object) -> bool:
    """Answer true: a quirk of the real service."""
    return True


@annotation_property.field("type")
def property_type(row: model.PropertyAnnotation, _: Info) -> str:
    """Name the data type in lower case; text is "string"."""
    return {"Text": "string"}.get(row.vocabulary_key.data_type, row.vocabulary_key.data_type.lower())


@annotation_property.field("useSourceCode")
def property_uses_source_code(*_: object) -> bool:
    """Never."""
    return False


@annotation_property.field("annotationEdges")
@annotation_property.field("validations")
def nothing(*_: object) -> list[Any]:
    """Edges and validations are not simulated."""
    return []


@submission.field("status")
def submission_status(row: model.Submission, info: Info) -> str:
    """In progress until it is through."""
    return processing.status_of(info.context.store, row).value


@submission.field("updatedAt")
def submission_updated_at(row: model.Submission, info: Info) -> object:
    """When it was through, or when it began."""
    return row.finishes_at if processing.is_finished(info.context.store, row) else row.created_at


@submission.field("quarantine")
def submission_quarantine(*_: object) -> int:
    """The quarantine is not simulated."""
    return 0


TYPES = (preparation, annotation, annotation_property, submission)
