"""Clients' bills as files (PDF, OFD, XML, pictures) to figures that say where they stand and how they were checked.

page (words with places) < amounts, layouts < invoice*, grid_notice (one document each) < read (one file) < worker (child
process); together judges the bills of a folder. Layouts are data: resources/bills.
"""
