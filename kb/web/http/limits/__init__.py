"""Counting of requests: shared by worker processes, by client, by network and by key."""
