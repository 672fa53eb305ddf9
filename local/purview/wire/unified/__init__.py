"""The Unified Catalog's wire format, under `/datagovernance/catalog`."""
