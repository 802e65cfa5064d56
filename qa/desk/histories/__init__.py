"""Forms of what is no page: nobody saves over anybody, and earlier versions can be looked at and taken back."""
