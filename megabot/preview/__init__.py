"""An edition before it is posted: as text, as a page, as a page that follows the files."""
