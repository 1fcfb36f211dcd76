"""Markdown of other systems, turned into ours: includes, callouts, tabs, components, links."""
