"""Pages of documents: the list, the page of one, the ways of signing it."""
