"""Doubles that behave, and the contract suite: for our tests and for those of other teams."""

from fittrack_adapters.testing.doubles import CountingIds, FixedEntropy, PlainHasher, PlainTokens, StoppedClock

__all__ = ["CountingIds", "FixedEntropy", "PlainHasher", "PlainTokens", "StoppedClock"]
