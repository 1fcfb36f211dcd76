"""Customers who need a person: what is kept, what that person sees, how it gets there."""
