"""What is to be done about one thread, a module for each question. Pure."""
