"""Pages of contests: preparing, entering, judging, results, the people's vote."""
