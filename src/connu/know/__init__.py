"""What a customer intends: what he is after, whether he will buy, what comes next, if he stays."""
