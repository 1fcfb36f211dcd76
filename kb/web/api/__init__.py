"""The public API and its documentation."""
