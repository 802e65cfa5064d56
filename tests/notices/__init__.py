"""An app that only the tests know: a model besides pages that can be scheduled."""
