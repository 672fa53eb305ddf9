"""Stand-ins for all that the app needs, so that it runs and shows itself on one machine."""
