"""`megabot check`: finds mistakes in the templates, the account's rights and links before they matter."""
