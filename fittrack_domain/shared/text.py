"""What text from people must look like to be kept: of a bounded length, and without characters nobody can see."""

from fittrack_domain.shared.errors import Fault


def line_faults(pointer: str, text: str, most: int) -> list[Fault]:
    """What is wrong with one line of 1 to `most` visible characters."""
    if not 1 <= len(text.strip()) <= most or len(text) > most:
        return [Fault(pointer, f"must have 1 to {most} characters")]
    if not text.isprintable():
        return [Fault(pointer, "must not contain control characters or line breaks")]
    return []


def note_faults(pointer: str, text: str, most: int) -> list[Fault]:
    """What is wrong with a note: as a line, but line breaks are welcome."""
    return line_faults(pointer, text.replace("\n", " "), most)
