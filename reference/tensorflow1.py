"""Makes TensorFlow begin as version 1 did: in graph mode. Imported once, before a kernel's first cell.

The notebook of 2019 switches eager execution on itself; until then its cells describe graphs.
"""

import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
