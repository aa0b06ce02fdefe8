"""What the grader and a kernel call things between them: media types of what a child reports, and the function that reports it.

Everything that comes under these names is a claim: a student's code can send the same.
"""

FIGURE_TYPE = "application/vnd.report-grader.figure+json"
CLAIM_TYPE = "application/vnd.report-grader.claim+json"
CLAIM_FUNCTION = "report_grader_claim"
