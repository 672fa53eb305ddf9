"""A small functions host for machines without Core Tools: runs the very `function_app.py` on real queues.

It follows the real host where an app can tell the difference: which apps are indexed at all, what timers, queues and
HTTP hand over, how messages are retried and given up, which keys a request needs, the `/admin/` routes.

It does not offer: other triggers and output bindings, `local.settings.json` (set the environment), identity-based
storage connections for triggers, the function timeout, schedules that survive a restart.
"""
