"""Who gets in: passwords, sessions on devices, and the tokens that stand for them for a while."""
