"""The screens of intake. Every object is found through a query filtered by person: a guessed address finds nothing."""
