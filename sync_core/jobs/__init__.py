"""Durable work: what is outstanding, who is at it, what a failure means for it, what was given up."""
