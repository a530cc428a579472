"""megabot posts a Lemmy community's recurring thread from a template: on time, pinned and linked."""
