"""What terms and data products of the Unified Catalog are linked with, as rows of the Data Map."""
