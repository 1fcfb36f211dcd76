"""The authors' bar."""
