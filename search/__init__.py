"""Retrieval: passages, lexical and semantic ranking, fusion. Knows neither Flask nor `kb`."""
