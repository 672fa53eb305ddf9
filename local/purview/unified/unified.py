"""The catalog as a whole: all its parts, put together."""

from collections.abc import Callable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from local.purview.behaviour.access import Access
from local.purview.behaviour.catalog import Catalog
from local.purview.model import Entity
from local.purview.switches import PurviewSwitches
from local.purview.unified.access import UnifiedAccess
from local.purview.unified.assets import DataAssets
from local.purview.unified.concepts import Concepts
from local.purview.unified.curation import Curation, entity_type_of
from local.purview.unified.domains import Domains
from local.purview.unified.links import Links
from local.purview.unified.model import Concept, Kind, Link
from local.purview.unified.rates import RateLimits


class UnifiedCatalog:
    """The parts hold the behaviour; the wire format is in `wire/unified/`."""

    def __init__(
        self,
        data_map: Catalog,
        data_map_access: Access,
        curation: Curation,
        switches: Callable[[], PurviewSwitches],
        now: Callable[[], datetime],
    ) -> None:
        self.curation, self._data_map = curation, data_map
        self.access = UnifiedAccess(switches, now)
        self.domains = Domains(self.access, switches, now)
        self.terms = Concepts(Kind.TERM, self.domains, self.access, switches, now)
        self.products = Concepts(Kind.PRODUCT, self.domains, self.access, switches, now)
        self.assets = DataAssets(data_map, data_map_access, switches, now)
        concepts = {Kind.TERM: self.terms, Kind.PRODUCT: self.products}
        self.links = Links(concepts, self.assets, switches, now, lambda: curation.is_enabled)
        self.rates = RateLimits(now)

    def link_entity(self, concept: Concept, entity: Entity, by: str) -> Link:
        """Link a term or data product with an entity of the Data Map, as the portal does: it registers the asset."""
        if entity_type_of(entity, self._data_map.types.schema_element_types) is Kind.COLUMN:
            return self.links.put(concept, Kind.COLUMN, column_id(entity), by)
        return self.links.put(concept, Kind.ASSET, self.assets.register(entity, by).id, by)


def column_id(entity: Entity) -> str:
    """The catalog's id of a column."""
    return str(uuid5(NAMESPACE_URL, f"column/{entity.guid}"))
