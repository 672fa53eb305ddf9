"""The worker: a process of its own that imports the app, indexes it and runs its functions for the host."""
