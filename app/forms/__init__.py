"""The guided audit as data: questions, answers, conditions, checks and derived quantities."""
