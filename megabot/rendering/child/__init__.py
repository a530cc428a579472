"""What runs in the rendering process: nothing here may reach the token or the network."""
