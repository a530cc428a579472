"""What any forum is to megabot: the port, posts, comments, people, the inbox, the marker. Pure."""
