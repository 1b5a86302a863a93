"""What the API of every room has in common: addresses, errors, pages of a list, versions of an answer."""
