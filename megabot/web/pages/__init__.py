"""What each page for moderators shows, as values for its template."""
