"""`kb doctor`: whether this installation can work, and what to do where it cannot.

A further check is one function in a module of checks, and its name in `checks.CHECKS`.
"""
