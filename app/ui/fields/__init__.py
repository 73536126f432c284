"""Questions on the screen: one designed input per kind, and the words, switch, state and line around it."""
