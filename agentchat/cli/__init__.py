"""The command line: one file a command group, loaded when it is called for.

What declares commands imports click alone; what carries them out imports the rest, inside.
"""
