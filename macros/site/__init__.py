"""What is done to a built site before anybody reads it; finish.py holds the order of steps."""
