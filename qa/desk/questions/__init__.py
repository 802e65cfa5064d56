"""The list of questions, its filters and its bulk actions."""
