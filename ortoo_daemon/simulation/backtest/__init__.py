"""What would policies have done with the records of the past? Pure: history in, comparison out."""
