"""Formulas as trees of Python's own parser: the one home of `ast.parse`."""

import ast
import gc
import threading

_ONE_AT_A_TIME = threading.RLock()


def expression_tree(text: str) -> ast.expr:
    """The tree of one expression; nothing is executed. SyntaxError (and what else `ast.parse` raises) when it is none.

    Python before 3.12 counts the depth of all trees being made in one place and fails (SystemError) when another is made in
    the middle. What can come in between is a collection of garbage: what it throws away may run code, which may print a
    traceback (Python parses the line it shows) or let another thread go on. So none comes while a tree is made.
    """
    with _ONE_AT_A_TIME:  # whoever switches collecting off must be the one that switches it on
        collects = gc.isenabled()
        gc.disable()
        try:
            return ast.parse(text, mode="eval").body
        finally:
            if collects:
                gc.enable()
