"""All that runs in another process, a student's code beside it. It imports `shared` alone: that wall is the trust boundary."""
