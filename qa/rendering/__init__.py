"""Rendering: text becomes safe HTML, once."""
