"""The record of each asset, which both directions share."""
