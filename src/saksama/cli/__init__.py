"""Way in 2: the commands, noun first. A command calls one step and says what it did."""
