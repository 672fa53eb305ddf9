"""What the host answers over HTTP: functions, keys, the `/admin/` routes."""
