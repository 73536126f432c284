"""The papers of an audit as plain data: document, chapters, tables of answers. The printers (PDF, Word, Excel) stand above."""
