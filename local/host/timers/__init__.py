"""Timer triggers: schedules, the status blob that catches up missed ticks, the lock that one host holds."""
