"""What a CluedIn organization holds. Attributes are the API's names in snake case; integer-like ids are int."""

from local.cluedin.model.inbound import (
    ENDPOINT_PROVIDER_ID,
    IGNORED_FIELD,
    ConnectorConfiguration,
    DataSet,
    DataSetStats,
    DataSource,
    DataSourceSet,
    PropertyMapping,
)
from local.cluedin.model.mapping import EntityAnnotation, PropertyAnnotation, Vocabulary, VocabularyKey
from local.cluedin.model.organization import ApiToken, Organization, User, UserNotification
from local.cluedin.model.pipeline import GoldenRecord, Stream, Submission, SubmissionStatus

__all__ = [
    "ENDPOINT_PROVIDER_ID",
    "IGNORED_FIELD",
    "ApiToken",
    "ConnectorConfiguration",
    "DataSet",
    "DataSetStats",
    "DataSource",
    "DataSourceSet",
    "EntityAnnotation",
    "GoldenRecord",
    "Organization",
    "PropertyAnnotation",
    "PropertyMapping",
    "Stream",
    "Submission",
    "SubmissionStatus",
    "User",
    "UserNotification",
    "Vocabulary",
    "VocabularyKey",
]
