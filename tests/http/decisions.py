"""Who may call each operation: decided here by hand, one by one, and nowhere taken from the code under test."""

from typing import Final

ANYONE: Final = (
    "register",
    "verifyEmail",
    "resendVerification",
    "logIn",
    "refresh",
    "forgotPassword",
    "resetPassword",
    "drawProof",
    "drawRecords",
    "drawLog",
    "appeal",
)
"""No token is asked for. Mailed tokens and refresh tokens are the operations' own business."""

MEMBERS: Final = (
    "logOut",
    "logOutEverywhere",
    "sessions",
    "endSession",
    "me",
    "editMe",
    "leave",
    "editProfile",
    "changePassword",
    "exportMe",
    "setOpenTier",
    "notifications",
    "markRead",
    "publicUser",
    "tiers",
    "tier",
    "connections",
    "connection",
    "beginConnection",
    "completeConnection",
    "makePrimary",
    "syncConnection",
    "disconnect",
    "activities",
    "activity",
    "activitySummary",
    "pointBalance",
    "pointTransactions",
    "explainPoints",
    "leaderboard",
    "leaderboardArchive",
    "drawings",
    "drawing",
    "buyTickets",
    "freeEntry",
    "myEntries",
    "myWins",
    "results",
    "entryProof",
    "confirmAddress",
)
"""Whoever is logged in on an active account, for themselves."""

TWICE: Final = (
    "users",
    "createDrawing",
    "editDrawing",
    "cancelDrawing",
    "sponsors",
    "createSponsor",
    "sponsor",
    "editSponsor",
    "deactivateSponsor",
    "prizes",
    "createPrize",
    "prize",
    "editPrize",
    "removePrize",
    "fulfillments",
    "fulfillment",
    "annotate",
)
"""Operations that administrators find again under /api/v1/admin, with another name."""

ADMINS: Final = (
    *TWICE,
    *(f"admin{name[0].upper()}{name[1:]}" for name in TWICE),
    "createUser",
    "user",
    "correctUser",
    "deleteUser",
    "setStatus",
    "setRole",
    "profiles",
    "stateProfile",
    "profile",
    "correctProfile",
    "recordActivity",
    "transactions",
    "transaction",
    "createTransaction",
    "adjustPoints",
    "tickets",
    "ticket",
    "grantTickets",
    "plannedDrawings",
    "plannedDrawing",
    "publishDrawing",
    "executeDrawing",
    "ship",
    "deliver",
    "rejectAddress",
    "forfeit",
    "shippingAddress",
    "auditLog",
    "parkedEvents",
    "releaseEvent",
    "createConnection",
    "reviews",
    "review",
    "resolveReview",
    "analyticsOverview",
    "analyticsRegistrations",
    "analyticsActivity",
    "analyticsDrawings",
)
"""Administrators."""

SIGNERS: Final = ("takeInTerraEvent",)
"""Terra, by its signature of the body."""

BESIDE: Final = (
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /.well-known/jwks.json",
    "GET /docs",
    "GET /docs/errors",
    "GET /docs/openapi.json",
)
"""Served beside the operations, to anyone. `/metrics` takes a token of its own where one is set."""

OWN_THINGS: Final = {"connection", "activity", "entryProof", "markRead", "confirmAddress", "endSession"}
"""Operations on one thing by its id: another member's is not found."""

BY_MEMBER: Final = ("/connections", "/activities")
"""Lists of one's own things, which administrators may ask for any member."""
