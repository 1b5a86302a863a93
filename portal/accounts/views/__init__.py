"""Pages of the account. They read the clock once, call a service and show what it said."""
