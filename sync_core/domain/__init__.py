"""What the sync is about, as plain values: no I/O, no clock, no vendor's wire format."""
