"""What the tests of this room share lies beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for cluster_here, slurm_here, obedient
