"""Parts of every page: frame, addresses, assets, language, error pages."""
