"""One submission: read, run, judged, summed up. Nothing here touches a store or renders a page."""
