"""The chapters of the audit report, one module each; app.papers.audit_report puts them in order."""
