"""Customers who need a person: everything kept, shown to that person and delivered."""
