"""Scripts that run beside a deployment; standard library only."""
