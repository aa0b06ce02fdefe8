"""Where submissions are graded: processes of this computer, or workers of a cluster, behind one face."""

from __future__ import annotations

from grader.workers.cluster_settings import Cluster
from grader.workers.jobs import Graded, Job, JobSettings, Outcome
from grader.workers.pools import Pool, opened

__all__ = ["Cluster", "Graded", "Job", "JobSettings", "Outcome", "Pool", "opened"]
