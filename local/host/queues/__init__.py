"""Queue triggers: receive, lock, run, delete, try again, give up."""
