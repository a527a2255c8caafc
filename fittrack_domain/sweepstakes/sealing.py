"""The secrets of a drawing as they lie in the store: sealed, each bound to its drawing and its use."""

from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.shared.ports import Sealer
from fittrack_domain.sweepstakes.draw.records import Pseudonyms
from fittrack_domain.sweepstakes.frozen import DrawSecret


def sealed(sealer: Sealer, drawing_id: DrawingId, seed: bytes, salt_key: bytes) -> DrawSecret:
    """The secrets, to be stored."""
    return DrawSecret(
        drawing_id,
        seed=sealer.seal(seed, _seed_purpose(drawing_id)),
        salt_key=sealer.seal(salt_key, _salt_key_purpose(drawing_id)),
    )


def opened_seed(sealer: Sealer, secret: DrawSecret) -> bytes:
    """The seed. Raises `SealBroken`."""
    return sealer.unseal(secret.seed, _seed_purpose(secret.drawing_id))


def pseudonyms(sealer: Sealer, secret: DrawSecret) -> Pseudonyms:
    """The salts and holders of the drawing. Raises `SealBroken`."""
    return Pseudonyms(secret.drawing_id, sealer.unseal(secret.salt_key, _salt_key_purpose(secret.drawing_id)))


def _seed_purpose(drawing_id: DrawingId) -> str:
    return f"seed of drawing {drawing_id}"


def _salt_key_purpose(drawing_id: DrawingId) -> str:
    return f"salt key of drawing {drawing_id}"
