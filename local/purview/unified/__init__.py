"""The Unified Catalog of the same account: governance domains, terms, data products, data assets, roles.

Source: docs/vendors/unified-catalog.md.
"""
