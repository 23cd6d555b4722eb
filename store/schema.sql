-- A recording: what backends answered, one row an exchange. Stable; explained in README.md.
-- application_id says "stqo", user_version counts the versions of this schema.
PRAGMA application_id = 0x7374716f;
PRAGMA user_version = 1;

-- What is true of the whole file: "recording" is its own id, "created_at" and "created_by" say where it is from.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One call of a program that recorded or imported.
CREATE TABLE run (
  run        INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL,
  program    TEXT NOT NULL,
  command    TEXT NOT NULL
) STRICT;

-- Bodies, each kept once. `sha256` and `size` are those of the bytes as sent, `content` may be compressed.
CREATE TABLE body (
  body     INTEGER PRIMARY KEY,
  sha256   BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  size     INTEGER NOT NULL CHECK (size >= 0),
  encoding TEXT NOT NULL CHECK (encoding IN ('raw', 'zstd')),
  content  BLOB NOT NULL
) STRICT;

-- Lists of names and values (query, headers, path parameters) are lines "name: value\n", in order, with
-- backslash escapes for a backslash, a newline, and a colon in a name.
CREATE TABLE exchange (
  exchange        INTEGER PRIMARY KEY,   -- counts up in the order of recording
  id              TEXT NOT NULL UNIQUE,  -- ULID
  name            TEXT,
  recorded_at     TEXT NOT NULL,         -- RFC 3339, UTC
  run             INTEGER REFERENCES run,
  operation       TEXT,                  -- "GET /pets/{petId}"
  tags            INTEGER NOT NULL,      -- how many rows of `tag` it has
  method          TEXT NOT NULL,
  path            TEXT NOT NULL,
  query           BLOB NOT NULL,
  request_headers BLOB NOT NULL,
  request_body    INTEGER REFERENCES body, -- NULL: the request had none
  request_key     BLOB NOT NULL,         -- sha256 over method, target and body: finds the same request again
  resource_path   TEXT,
  path_parameters BLOB NOT NULL,
  backend         TEXT NOT NULL CHECK (backend IN ('none', 'http', 'lambda', 'failure')),
  status          INTEGER NOT NULL,      -- 0: none
  headers         BLOB NOT NULL,
  response_body   INTEGER REFERENCES body,
  function_error  TEXT,
  log_tail        TEXT,
  failure         TEXT,                  -- timeout, network, throttled, access-denied, too-large
  detail          TEXT,
  duration_ms     REAL,                  -- NULL: unknown
  redactions      TEXT,                  -- JSON: what was replaced, and where
  extra           TEXT                   -- JSON: members of the exchange that no column holds
) STRICT;
CREATE INDEX exchange_by_name ON exchange (name) WHERE name IS NOT NULL;
CREATE INDEX exchange_by_request ON exchange (request_key);

CREATE TABLE tag (
  exchange INTEGER NOT NULL REFERENCES exchange ON DELETE CASCADE,
  position INTEGER NOT NULL,
  tag      TEXT NOT NULL,
  PRIMARY KEY (exchange, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_by_name ON tag (tag);

-- The client response that a person accepted for an exchange.
CREATE TABLE approved (
  exchange    INTEGER PRIMARY KEY REFERENCES exchange ON DELETE CASCADE,
  approved_at TEXT NOT NULL,
  status      INTEGER NOT NULL,
  headers     BLOB NOT NULL,
  body        INTEGER REFERENCES body
) STRICT;
