"""What a person types, `python -m sync_core ...`: a request, a desk that answers it, and one way to show the answer."""
