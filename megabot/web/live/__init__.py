"""The live preview, `megabot preview --open`: a page that follows the template files."""
