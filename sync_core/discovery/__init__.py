"""Which assets a person has selected: by classic terms, by terms and data products of the Unified Catalog."""
