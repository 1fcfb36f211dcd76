"""Delivery of hand-offs from the outbox by its channels. Processes import `deliverer` alone."""
