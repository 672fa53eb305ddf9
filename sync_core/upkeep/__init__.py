"""What looks after everything, every five minutes."""
