"""Configuration settings of the organization: a flat map of strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.cluedin.errors import not_found

if TYPE_CHECKING:
    from local.cluedin.store import Store

DEFAULTS: dict[str, str] = {
    "Purview.BaseUrl": "",
    "Purview.ClientId": "",
    "Purview.TenantId": "",
    "Purview.CollectionName": "",
    "Purview.SyncDataSources.Enabled": "false",
    "Purview.SyncDataSources.Keywords": '"CluedInSource"',
    "Purview.PollDataSources.Enabled": "false",
    "Purview.AutoMapDataSets.Enabled": "false",
    "Purview.FetchNoVocabularyKeys": "9999",
    "Purview.SyncCrawlersAndEnrichers.Enabled": "false",
    "Purview.SyncOrgProvidersQueryEntityTypeSampleSize": "100",
    "Purview.SyncOrgProvidersQuerySampleSizePerEntityType": "1000",
    "Purview.SyncStreams.Enabled": "false",
    "Purview.SyncStreamsStreamPreviewConditionSampleSize": "100",
    "Purview.SyncPurviewGlossariesToCluedInVocabularies.Enabled": "false",
    "Purview.PurviewGlossaryToVocabAttributeFilter": "CluedInVocab=true",
    "Purview.GlossaryToVocabTermNamePattern": ".*",
    "Purview.GlossaryToVocabTemplateNamePattern": ".*",
    "Purview.SyncCluedInVocabulariesToPurviewGlossaries.Enabled": "false",
    "Purview.SyncCluedInVocabulariesToPurviewGlossariesRoot.Enabled": "true",
    "Purview.SyncPurviewGlossariesToCluedInGlossaries.Enabled": "false",
    "Purview.CluedInGlossaryCategoryName": "Purview",
    "Purview.SyncDataProductsDataSources.Enabled": "false",
    "Purview.AdfPipelineAutomation": "false",
    "Purview.AdfPipelineAutomationTermNamePattern": "CluedInADFAuto",
    "Adf.BaseUrl": "",
    "Adf.ClientId": "",
    "Adf.TenantId": "",
    "EventHub.ConnectionString": "",
    "EventHub.Name": "",
}
"""Keys and values of a real organization in 2024; the quotes are part of the keyword.

Source: docs/vendors/cluedin.md, 4.2.
"""

HIDDEN_FROM_UI = frozenset({"Purview.FetchNoVocabularyKeys", "EventHub.Name"})
"""Left out unless `includeHiddenFromUi`; which keys these are in CluedIn is unpublished."""


def read_settings(store: Store, organization_id: str, *, include_hidden: bool) -> dict[str, str]:
    """All settings of the organization.

    Raises:
        ServiceError: 404 for another organization's id.
    """
    _check_organization(store, organization_id)
    return {key: value for key, value in store.settings.items() if include_hidden or key not in HIDDEN_FROM_UI}


def change_setting(store: Store, organization_id: str, key: str, value: str) -> None:
    """Set one key; an unknown key is stored too, because CluedIn's full list is unpublished.

    Raises:
        ServiceError: 404 for another organization's id.
    """
    _check_organization(store, organization_id)
    store.settings[key] = value


def restore_setting(store: Store, organization_id: str, key: str) -> None:
    """Put one key back to its default, or away when it has none."""
    _check_organization(store, organization_id)
    if key in DEFAULTS:
        store.settings[key] = DEFAULTS[key]
    else:
        store.settings.pop(key, None)


def _check_organization(store: Store, organization_id: str) -> None:
    if organization_id.lower() != store.organization.id:
        raise not_found("organization", organization_id)
