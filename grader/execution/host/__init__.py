"""The grader's own side of a child: which isolation this host has, and starting, holding and ending processes."""
