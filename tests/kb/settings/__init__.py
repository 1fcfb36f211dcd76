"""Tests of kb.settings."""
