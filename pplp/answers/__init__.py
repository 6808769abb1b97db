"""What a solve gave, in the user's names: a solution, its basis, its quality, and how far the data may move."""
