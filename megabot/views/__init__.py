"""What the verbs that only look show: values in, lines for a terminal or a document for scripts out. Pure.

`docs/scripts.md` lists the documents. Their keys are kept: one may be added, none is renamed or removed.
"""
