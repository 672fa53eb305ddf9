"""From a processed data set in CluedIn to its lineage in Purview."""
