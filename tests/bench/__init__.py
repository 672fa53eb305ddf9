"""What things cost: requests, storage operations, and times as ratios. `make bench`; no number ever fails."""
