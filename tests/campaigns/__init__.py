"""Long tests: crawls, fuzzing, kills, faults."""
