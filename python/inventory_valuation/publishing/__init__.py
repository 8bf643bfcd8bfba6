"""What people open after a build: the published file, the review workbook and the model document."""
