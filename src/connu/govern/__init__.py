"""What may be done with whose data: purposes and consents, sensitive attributes, rights."""
