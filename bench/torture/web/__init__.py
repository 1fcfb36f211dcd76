"""Hostile requests and texts against the running site."""
