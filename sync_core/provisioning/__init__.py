"""Exactly one data source group and data source in CluedIn for each asset."""
