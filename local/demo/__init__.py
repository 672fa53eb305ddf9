"""The demonstration: real ticks of the app against the simulators, shown step by step and checked.

A step is a function that takes a `Stage` and makes checks on its report; `STEPS` in `run.py` lists them in order.
"""
