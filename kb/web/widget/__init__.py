"""The chat widget's files and the demo shop."""
