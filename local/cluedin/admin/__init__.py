"""What a test may make happen in the organization: other people's work, processing, webhooks, lost tokens."""
