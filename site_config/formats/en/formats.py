"""Date formats of English pages; every other language has Django's own."""

DATE_FORMAT = "F j, Y"  # September 12, 2025: months are not shortened, so that short ones do not stand out
