"""What every page has: frame, addresses, assets, language, error pages."""
