"""The tables of ledgers from before Alembic: the steps that created them, in SQLite. Nothing is added here.

`PRAGMA user_version` counts the steps that such a file has had. The first migration takes these tables over.
"""

Step = tuple[str, ...]

_1_INTENTS_POSTS_AND_FACTS: Step = (
    "CREATE TABLE facts (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT",
    """
    CREATE TABLE intents (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        thread TEXT NOT NULL,
        edition TEXT NOT NULL,
        copy INTEGER NOT NULL,
        post_id INTEGER NOT NULL,
        at TEXT NOT NULL,
        draft TEXT,
        text TEXT NOT NULL,
        context TEXT NOT NULL,
        ordered_by TEXT NOT NULL,
        state TEXT NOT NULL,
        changed TEXT NOT NULL,
        note TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX intents_by_thread ON intents (thread, id)",
    # A second guard for promise 1: a copy that was or may have been sent can never be sent again.
    """
    CREATE UNIQUE INDEX one_publish_a_copy ON intents (thread, edition, copy)
        WHERE kind = 'publish' AND state IN ('sending', 'unknown', 'done')
    """,
    """
    CREATE TABLE posts (
        post_id INTEGER PRIMARY KEY,
        thread TEXT NOT NULL,
        edition TEXT NOT NULL,
        number INTEGER NOT NULL,
        slot TEXT NOT NULL,
        community_id INTEGER NOT NULL,
        url TEXT NOT NULL,
        title TEXT NOT NULL,
        copy INTEGER NOT NULL,
        source_commit TEXT NOT NULL,
        dirty INTEGER NOT NULL,
        sent TEXT NOT NULL,
        answered TEXT NOT NULL,
        context TEXT NOT NULL,
        adopted INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX posts_by_thread ON posts (thread, slot)",
)

_2_COMMANDS: Step = (
    """
    CREATE TABLE commands (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        at TEXT NOT NULL,
        state TEXT NOT NULL,
        author TEXT NOT NULL,
        actor TEXT NOT NULL,
        verb TEXT NOT NULL,
        threads TEXT NOT NULL,
        said TEXT NOT NULL,
        answer TEXT NOT NULL,
        person_id INTEGER NOT NULL,
        post_id INTEGER NOT NULL,
        comment_id INTEGER NOT NULL
    ) STRICT
    """,
    # Every comment in the bot's own threads gets a row, and nearly all are ignored.
    "CREATE INDEX commands_not_ignored ON commands (at, id) WHERE state <> 'ignored'",
)

_3_TEXTS: Step = (
    "ALTER TABLE intents ADD COLUMN essay TEXT NOT NULL DEFAULT ''",
    # A separate table, because posts are read in every pass and the texts are long.
    """
    CREATE TABLE texts (
        post_id INTEGER PRIMARY KEY,
        body TEXT NOT NULL,
        essay TEXT NOT NULL,
        published TEXT NOT NULL,
        changed TEXT NOT NULL,
        open INTEGER NOT NULL,
        comments INTEGER NOT NULL
    ) STRICT
    """,
)

_4_WITHDRAWN_COPIES: Step = ("ALTER TABLE posts ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0",)

STEPS: tuple[Step, ...] = (_1_INTENTS_POSTS_AND_FACTS, _2_COMMANDS, _3_TEXTS, _4_WITHDRAWN_COPIES)
