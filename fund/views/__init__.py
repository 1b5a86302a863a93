"""The doors of the fund room."""
