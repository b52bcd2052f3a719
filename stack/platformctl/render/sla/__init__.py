"""SLA reports as pages: Markdown, HTML, CSV. The terminal's form is in the command line."""
