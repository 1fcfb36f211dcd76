"""Fixtures that more than one module uses."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.encoder_fixture", "tests.postgres_fixture", "tests.sample_fixture"]

# Machines are shared: how long an example takes says nothing.
settings.register_profile(
    "otvet", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("otvet")
