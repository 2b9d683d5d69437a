"""Tasks run by workers under a policy of dispatch, from event to event, in imagined time."""
