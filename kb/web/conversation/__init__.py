"""What the API and the contact page share: a suggestion in time, a hand-off."""
