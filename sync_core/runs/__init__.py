"""Runs, what keeps two of them apart, and what they put off."""
