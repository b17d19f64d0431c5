"""JUDGE: recommendation -> case -> human decision. Pure rules, and the one port: the store of cases."""
