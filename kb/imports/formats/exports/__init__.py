"""Exports of hosted help desks, as their programming interfaces give them, and saved pages."""
