"""The check-up: one list of what is wrong or odd with an audit, for the page, F8, the report page, the command line and the gate."""
