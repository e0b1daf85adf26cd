"""The plumbing of the course: figures with sliders, fast training, checks of exercises.

Importing `utils` imports nothing heavy; Keras is loaded by the function that first needs it.
"""

from utils import _quiet

_quiet.install()
