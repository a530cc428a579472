"""Pages in the browser: the live preview of a contributor, and the page for moderators."""
