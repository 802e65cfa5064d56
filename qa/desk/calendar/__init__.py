"""The calendar of what is planned, scheduled and published."""
