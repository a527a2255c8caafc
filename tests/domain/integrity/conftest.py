"""A whole FitTrack on every store, as for notices."""

from tests.domain.notices.conftest import house

__all__ = ["house"]
