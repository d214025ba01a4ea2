"""Reports of benches and pictures of results: what `adjoin report` and `adjoin plot` run. Needs matplotlib and Jinja2."""
