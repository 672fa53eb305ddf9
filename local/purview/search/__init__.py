"""The discovery side of the service: an index that lags behind the catalog, filters, order, paging and facets."""
