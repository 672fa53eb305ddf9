"""The terms and data products that select assets: classic ones, and those of the Unified Catalog."""
