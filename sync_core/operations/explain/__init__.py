"""Why is my asset not there? What is known of one asset, and the first thing that stands in its way."""
