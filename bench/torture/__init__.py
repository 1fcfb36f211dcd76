"""Long fault campaigns: break things thousands of times, count what a reader would have noticed.

Each module is one campaign and runs alone: `python -m bench.torture.index.kill --seconds 60`. Short
runs of the same code are tests.
"""
