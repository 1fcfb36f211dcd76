"""Sites, servers, packets and corpora, built for tests."""
