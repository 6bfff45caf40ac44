"""Statistical twins: what those who behave alike say of somebody nobody knows, or silence."""
