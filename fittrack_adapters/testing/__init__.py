"""Doubles that behave, and the contract suite: for our tests and for those of other teams."""

from fittrack_adapters.testing.doubles import CountingIds, FixedEntropy, PlainHasher, PlainTokens, StoppedClock
from fittrack_adapters.testing.terra import FakeTerra

__all__ = ["CountingIds", "FakeTerra", "FixedEntropy", "PlainHasher", "PlainTokens", "StoppedClock"]
