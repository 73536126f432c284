"""The audit project: enterprise, period, answers, and what each phase still needs."""
