"""Worlds on both embedded stores, as for sweepstakes."""

from tests.domain.sweepstakes.conftest import new_world, world

__all__ = ["new_world", "world"]
