"""The thin parts that touch the world: servers, files, processes. They act and translate, never choose."""
