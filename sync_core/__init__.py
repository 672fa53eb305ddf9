"""The sync itself: tagged Purview assets become CluedIn data sources, processed data sets become Purview lineage."""

__version__ = "0.1.0"
