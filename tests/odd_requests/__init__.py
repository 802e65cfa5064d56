"""Odd requests: what no browser sends, for every address that the site has, each made from a number."""
