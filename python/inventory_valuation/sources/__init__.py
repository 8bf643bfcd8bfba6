"""What a company hands over: the input contract, its files and their dialects, and the judgement of every row."""
