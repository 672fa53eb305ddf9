"""The only place that speaks Azure Storage: tables for the state, queues for the work."""
