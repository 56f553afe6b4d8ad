"""What does an enquiry in the Auto-lead Data Format (ADF 1.0) say? Reading and writing; pure."""
