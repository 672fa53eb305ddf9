"""Business metadata of Microsoft Purview: attributes of our own on assets of others, beside what others put there.

Source: docs/vendors/purview.md, section 4, "Business metadata".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sync_core.http.client import Call, HttpClient
from sync_core.purview.client import ATLAS
from sync_core.purview.type_registration import VERSIONED, register_types


@dataclass(frozen=True)
class BusinessMetadataClient:
    """Typed calls on one Purview account. All errors are those of `HttpClient.send`; all calls may be repeated."""

    http: HttpClient

    def register(self, group: dict[str, Any]) -> None:
        """Register the definition of a group of attributes, whether or not it is known already."""
        register_types(self.http, {"businessMetadataDefs": [group]})

    def put(self, guid: str, group: str, values: Mapping[str, str]) -> None:
        """Set attributes of one group on an asset; all other attributes, of this and other groups, stay as they are.

        Raises:
            ForbiddenError: the app is no Data Curator of the asset's collection.
            NotFoundError: there is no such asset.
            RejectedError: Purview knows no such group or attribute, or does not take the value.
        """
        path = f"{ATLAS}/entity/guid/{quote(guid, safe='')}/businessmetadata/{quote(group, safe='')}"
        call = Call("POST", path, VERSIONED, json=dict(values), operation="write_status", may_be_bare=True)
        self.http.send(call)
