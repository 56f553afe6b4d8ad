"""What does an e-mail say, and which of its words are its writer's own?"""
