"""The only place that speaks HTTP: Purview, CluedIn, and where notifications go."""
