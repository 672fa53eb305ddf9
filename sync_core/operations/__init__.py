"""What people and monitors ask: status, health, doctor, dashboard."""
