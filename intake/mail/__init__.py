"""Mail: sources, parsing, whose words, who sent it."""
