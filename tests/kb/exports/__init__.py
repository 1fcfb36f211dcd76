"""Moving out: tests of kb.exports."""
