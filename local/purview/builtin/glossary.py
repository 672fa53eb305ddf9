"""Glossary, terms, and how terms are assigned. Source: Apache Atlas' model 0011; `name` where Atlas has displayName."""

from local.purview.builtin.building import end, entity_def, parts, relationship_def

ASSIGNMENT = "AtlasGlossarySemanticAssignment"
ANCHOR = "AtlasGlossaryTermAnchor"
HIERARCHY = "AtlasGlossaryTermHierarchyLink"
"""Purview's own; its real name is not published."""
ASSIGNMENT_ATTRIBUTES = ("expression", "createdBy", "steward", "confidence", "description", "source", "status")

_TEXTS = ("shortDescription", "longDescription", "usage")

DEFINITIONS = (
    entity_def("AtlasGlossary", "__internal", "qualifiedName:string!", "name:string!", "language", *_TEXTS),
    entity_def(
        "AtlasGlossaryTerm",
        "__internal",
        "qualifiedName:string!",
        "name:string!",
        "nickName",
        "abbreviation",
        "status",
        *_TEXTS,
    ),
    parts(ANCHOR, "AtlasGlossary", "terms", "AtlasGlossaryTerm", "anchor"),
    relationship_def(
        HIERARCHY,
        "ASSOCIATION",
        end("AtlasGlossaryTerm", "childTerms"),
        end("AtlasGlossaryTerm", "parentTerm", many=False),
    ),
    relationship_def(
        ASSIGNMENT,
        "ASSOCIATION",
        end("AtlasGlossaryTerm", "assignedEntities"),
        end("Referenceable", "meanings"),
        *ASSIGNMENT_ATTRIBUTES,
    ),
    relationship_def(
        "AtlasGlossarySynonym",
        "ASSOCIATION",
        end("AtlasGlossaryTerm", "synonyms"),
        end("AtlasGlossaryTerm", "synonyms"),
    ),
)
