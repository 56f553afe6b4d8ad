"""Who hands records to the systems of rooftops, and what when that fails?"""
