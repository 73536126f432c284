"""The chapters of the audit report, one module each; app.reports.audit_report puts them in order."""
