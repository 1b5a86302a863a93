"""Events and the tour: support for events from the award to the last won, and the guided tour of the city's sites."""
