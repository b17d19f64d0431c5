"""Who works here: accounts, the one profile each officer has, signing in, and what everybody's pages share."""
