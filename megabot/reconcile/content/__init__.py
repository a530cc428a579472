"""What a post says: its text, context, images, highlights, continuations."""
