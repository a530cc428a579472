"""What the verbs that only look show: values in, lines or a document for scripts out. Pure."""
