"""OpenTelemetry, by its API alone: what the app tells whoever has set up an SDK. Nobody else pays for it."""
