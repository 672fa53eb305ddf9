"""The lineage of one data set as Purview is to show it. Pure."""
