"""One output a file: (Platform, Site) -> Iterator[Artifact]."""
