"""The only place that speaks Azure Storage."""
