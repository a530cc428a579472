"""The forum as megabot sees it: the port, posts, comments, people, the inbox, markers. No I/O."""
