/* journal_schema.c: the tables of a store.
 *
 * Rowid tables throughout: WITHOUT ROWID costs three times as much with bodies of two kilobytes.
 * The triggers make the file defend itself: an event is only accepted as the next one, from the
 * present owner, of an open run, and moves the head in its own transaction; nothing is ever
 * changed.
 */
#include "vm/journal_parts.h"

const char journal_schema[] =
    "CREATE TABLE store (id INTEGER PRIMARY KEY CHECK (id = 1), store_id TEXT NOT NULL,"
    " seq INTEGER NOT NULL, fence INTEGER NOT NULL, head BLOB NOT NULL CHECK (length(head) = 32))"
    " STRICT;"
    "CREATE TABLE image (id INTEGER PRIMARY KEY, program BLOB NOT NULL UNIQUE CHECK"
    " (length(program) = 32), bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE run (run INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, migration TEXT NOT NULL,"
    " mode TEXT NOT NULL, program BLOB NOT NULL REFERENCES image (program), started INTEGER NOT"
    " NULL, ended INTEGER, state TEXT NOT NULL DEFAULT '', folder TEXT NOT NULL) STRICT;"
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (run),"
    " cause INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL, fiber INTEGER NOT NULL,"
    " n INTEGER NOT NULL, site INTEGER NOT NULL, key BLOB CHECK (length(key) = 32),"
    " fence INTEGER NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32))"
    " STRICT;"
    "CREATE INDEX event_of_run ON event (run, seq);"
    "CREATE TABLE snapshot (run INTEGER PRIMARY KEY REFERENCES run (run), seq INTEGER NOT NULL,"
    " hash BLOB NOT NULL, state BLOB NOT NULL) STRICT;"
    "CREATE TABLE unsent (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, fiber INTEGER NOT NULL,"
    " n INTEGER NOT NULL) STRICT;"
    "CREATE TABLE blob (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL)"
    " STRICT;"

    "CREATE TRIGGER event_gap BEFORE INSERT ON event WHEN NEW.seq IS NOT (SELECT seq + 1 FROM"
    " store) BEGIN SELECT RAISE (ABORT, 'gap: not the next event'); END;"
    "CREATE TRIGGER event_fence BEFORE INSERT ON event WHEN NEW.fence IS NOT (SELECT fence FROM"
    " store) BEGIN SELECT RAISE (ABORT, 'fence: not the present owner'); END;"
    "CREATE TRIGGER event_foreign BEFORE INSERT ON event WHEN NOT EXISTS (SELECT 1 FROM run WHERE"
    " run = NEW.run AND ended IS NULL) BEGIN SELECT RAISE (ABORT, 'foreign: no such open run');"
    " END;"
    "CREATE TRIGGER event_cause BEFORE INSERT ON event WHEN NEW.cause >= NEW.seq BEGIN SELECT"
    " RAISE (ABORT, 'cause: not before its effect'); END;"
    "CREATE TRIGGER event_head AFTER INSERT ON event BEGIN UPDATE store SET seq = NEW.seq, head ="
    " NEW.hash; END;"
    "CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT RAISE (ABORT, 'append only');"
    " END;"
    "CREATE TRIGGER event_same BEFORE UPDATE ON event BEGIN SELECT RAISE (ABORT, 'append only');"
    " END;"
    "CREATE TRIGGER store_fence BEFORE UPDATE ON store WHEN NEW.fence < OLD.fence OR NEW.seq <"
    " OLD.seq OR NEW.store_id IS NOT OLD.store_id BEGIN SELECT RAISE (ABORT, 'never back'); END;"
    "CREATE TRIGGER store_kept BEFORE DELETE ON store BEGIN SELECT RAISE (ABORT, 'append only');"
    " END;"
    "CREATE TRIGGER image_kept BEFORE DELETE ON image BEGIN SELECT RAISE (ABORT, 'append only');"
    " END;"
    "CREATE TRIGGER image_same BEFORE UPDATE ON image BEGIN SELECT RAISE (ABORT, 'append only');"
    " END;"
    "CREATE TRIGGER run_kept BEFORE DELETE ON run BEGIN SELECT RAISE (ABORT, 'append only'); END;"
    "CREATE TRIGGER run_ends_once BEFORE UPDATE ON run WHEN OLD.ended IS NOT NULL OR NEW.run IS NOT"
    " OLD.run OR NEW.name IS NOT OLD.name OR NEW.migration IS NOT OLD.migration OR NEW.mode IS NOT"
    " OLD.mode OR NEW.program IS NOT OLD.program OR NEW.started IS NOT OLD.started BEGIN SELECT"
    " RAISE (ABORT, 'a run ends once'); END;";
