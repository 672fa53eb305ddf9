"""What the app does, one file per behaviour."""
