"""What happens to one record, from the queue to its proof in the org, and what is known meanwhile?"""
