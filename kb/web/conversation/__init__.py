"""Conversations of the API and of the contact page: a suggestion in time, a hand-off."""
