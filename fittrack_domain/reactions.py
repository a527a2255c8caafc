"""What follows from what: every event, and the use cases that react to it."""

from fittrack_domain.shared.events import Event

EVENTS: tuple[type[Event], ...] = ()
