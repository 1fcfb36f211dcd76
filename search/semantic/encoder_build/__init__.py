"""Encoders while building: their files, passages encoded, the query encoder exported."""
