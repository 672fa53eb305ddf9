"""The sync itself: tagged Purview assets become CluedIn data sources, processed data sets become Purview lineage."""
