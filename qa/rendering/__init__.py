"""How text becomes safe HTML, once."""
