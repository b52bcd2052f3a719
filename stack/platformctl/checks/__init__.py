"""One rule a file: Platform -> Iterator[Problem]."""
