"""What every context builds on: errors, ids, events, the calendar, money, and the ports to the outside."""
