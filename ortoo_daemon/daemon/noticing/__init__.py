"""Who is told of what was decided: kept until it stands, put into words, sent until it is told."""
