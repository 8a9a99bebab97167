"""What this app adds to the page of a campaign."""
