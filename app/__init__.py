"""CleanAudit, the program for cleaner production audits."""

__version__ = "0.3.0"
