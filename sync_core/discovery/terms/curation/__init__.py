"""Asset curation: what shows that a tenant has enabled it, and what people are told then."""
