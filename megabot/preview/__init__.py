"""Previews of an edition: as text, as a page, and as a live page that updates as the files change."""
