"""Acting on the app: what a person asks for over HTTP, on the dashboard or by a command, and how it is done."""
