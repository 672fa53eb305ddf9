"""A small functions host for machines without Core Tools: runs the very `function_app.py` on real queues.

It follows the real host where an app can tell the difference (docs/vendors/functions.md; tests/contract/host keeps it):
which apps are indexed at all, what timers, queues and HTTP hand over, how messages are retried and given up, what
timers catch up, which keys open what, how the worker dies alone and is replaced, which storage answers end the host.

It does not offer: other triggers and output bindings, `local.settings.json` (set the environment), identity-based
storage connections for triggers, HTTP streams, scaling, the ten seconds that the real host takes to answer a caller
whose function ran into the time limit.
"""
