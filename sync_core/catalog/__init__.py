"""Purview's Unified Catalog: its client, which lets out values only."""
