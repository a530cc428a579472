"""What contributors write: a folder or a git repository, read and checked."""
