"""The content of a post: its text, context, images, highlights and continuations."""
