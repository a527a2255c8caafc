-- Documents over the tables, which only show. Their texts are rendered from the specifications in documents.py.

-- What can be spent, as a column that nobody writes: a duality view shows columns, not sums of them.
ALTER TABLE wallets ADD balance {points} GENERATED ALWAYS AS (credits - debits - held) {computed};
