"""The day of the tour: who is let in, who was not there, when it can begin and end."""
