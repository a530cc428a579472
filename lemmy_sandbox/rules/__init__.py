"""What the server allows and does, for both APIs."""
