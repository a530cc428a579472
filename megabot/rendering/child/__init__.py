"""The code that runs in the child process. Nothing here may reach the token or the network."""
