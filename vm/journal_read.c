/* journal_read.c: what stands in a store: runs, images, events, snapshots, blobs. */
#include "vm/journal_parts.h"

#include "base/decimal.h"
#include "base/vec.h"

#include <string.h>

text journal_column_text(sqlite3_stmt *s, int at)
{
    /* The pointer first: sqlite3_column_bytes speaks of the form that was asked for last. */
    const char *p = (const char *)sqlite3_column_blob(s, at);
    return (text){p != NULL ? p : "", (size_t)sqlite3_column_bytes(s, at)};
}

bool journal_column_hash(sqlite3_stmt *s, int at, sha256 *out)
{
    text t = journal_column_text(s, at);
    if (t.n != sizeof out->byte)
        return false;
    memcpy(out->byte, t.p, t.n);
    return true;
}

/* Fills an event from JOURNAL_COLUMNS; false when a column is not of its kind. */
static bool journal_event_of(sqlite3_stmt *s, journal_event *out)
{
    *out = (journal_event){
        .seq = (uint64_t)sqlite3_column_int64(s, 0),
        .run = (uint32_t)sqlite3_column_int64(s, 1),
        .cause = (uint64_t)sqlite3_column_int64(s, 2),
        .at = sqlite3_column_int64(s, 3),
        .kind = (event_kind)sqlite3_column_int64(s, 4),
        .fiber = (uint32_t)sqlite3_column_int64(s, 5),
        .n = (uint32_t)sqlite3_column_int64(s, 6),
        .site = (uint32_t)sqlite3_column_int64(s, 7),
        .fence = (uint64_t)sqlite3_column_int64(s, 9),
        .body = journal_column_text(s, 10),
    };
    int64_t kind = sqlite3_column_int64(s, 4);
    bool keyed = sqlite3_column_type(s, 8) != SQLITE_NULL;
    return kind >= 0 && kind < EVENT_COUNT && (!keyed || journal_column_hash(s, 8, &out->key)) &&
           journal_column_hash(s, 11, &out->hash);
}

journal_status journal_read(journal *j, uint32_t run, uint64_t from,
                            bool (*each)(void *self, const journal_event *e), void *self)
{
    sqlite3_stmt *s = journal_prepare(
        j, run == 0 ? "SELECT " JOURNAL_COLUMNS " FROM event WHERE seq >= ?2 ORDER BY seq"
                    : "SELECT " JOURNAL_COLUMNS
                      " FROM event WHERE run = ?1 AND seq >= ?2 ORDER BY seq");
    if (s == NULL)
        return journal_status_of(j->db, sqlite3_extended_errcode(j->db));
    if (run != 0)
        sqlite3_bind_int64(s, 1, run);
    sqlite3_bind_int64(s, 2, (int64_t)from);
    int code;
    bool readable = true, more = true;
    while (more && (code = sqlite3_step(s)) == SQLITE_ROW) {
        journal_event e;
        readable = journal_event_of(s, &e);
        more = readable && each(self, &e);
    }
    code = sqlite3_finalize(s);
    return readable ? journal_status_of(j->db, code) : JOURNAL_CORRUPT;
}

#define RUN_COLUMNS "run, name, migration, mode, program, started, ended, state, folder"

static journal_run run_of(sqlite3_stmt *s, arena *memory)
{
    journal_run r = {
        .run = (uint32_t)sqlite3_column_int64(s, 0),
        .name = text_copy(memory, journal_column_text(s, 1)),
        .migration = text_copy(memory, journal_column_text(s, 2)),
        .mode = text_copy(memory, journal_column_text(s, 3)),
        .started = sqlite3_column_int64(s, 5),
        .ended =
            sqlite3_column_type(s, 6) == SQLITE_NULL ? QUANTITY_NONE : sqlite3_column_int64(s, 6),
        .state = text_copy(memory, journal_column_text(s, 7)),
        .folder = text_copy(memory, journal_column_text(s, 8)),
    };
    journal_column_hash(s, 4, &r.program); /* of 32 bytes by the table's own rule */
    return r;
}

bool journal_run_find(journal *j, text name, arena *memory, journal_run *out)
{
    sqlite3_stmt *s =
        journal_prepare(j, "SELECT " RUN_COLUMNS " FROM run WHERE name = ?1 OR ?1 = '' ORDER BY run"
                           " DESC LIMIT 1");
    if (s == NULL)
        return false;
    journal_bind_text(s, 1, name);
    bool found = sqlite3_step(s) == SQLITE_ROW;
    if (found)
        *out = run_of(s, memory);
    sqlite3_finalize(s);
    return found;
}

size_t journal_runs(journal *j, bool open_only, arena *memory, journal_run **out)
{
    sqlite3_stmt *s = journal_prepare(
        j, open_only ? "SELECT " RUN_COLUMNS " FROM run WHERE ended IS NULL ORDER BY run"
                     : "SELECT " RUN_COLUMNS " FROM run ORDER BY run");
    VEC(journal_run) runs = {0};
    while (s != NULL && sqlite3_step(s) == SQLITE_ROW)
        vec_push(&runs, run_of(s, memory));
    sqlite3_finalize(s);
    *out = arena_array(memory, journal_run, runs.n);
    if (runs.n != 0)
        memcpy(*out, runs.p, runs.n * sizeof *runs.p);
    size_t n = runs.n;
    vec_release(&runs);
    return n;
}

static bool bytes_by_hash(journal *j, const char *sql, const sha256 *key, arena *memory,
                          text *bytes)
{
    sqlite3_stmt *s = journal_prepare(j, sql);
    if (s == NULL)
        return false;
    journal_bind_blob(s, 1, key->byte, 32);
    bool found = sqlite3_step(s) == SQLITE_ROW;
    if (found)
        *bytes = text_copy(memory, journal_column_text(s, 0));
    sqlite3_finalize(s);
    return found;
}

bool journal_image(journal *j, const sha256 *program, arena *memory, text *bytes)
{
    return bytes_by_hash(j, "SELECT bytes FROM image WHERE program = ?", program, memory, bytes);
}

bool journal_blob_get(journal *j, const sha256 *digest, arena *memory, text *bytes)
{
    if (!bytes_by_hash(j, "SELECT bytes FROM blob WHERE digest = ?", digest, memory, bytes))
        return false;
    sha256 found = sha256_of(bytes->p, bytes->n);
    return sha256_equal(&found, digest);
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

int journal_blob_find(journal *j, text hex, arena *memory, text *bytes)
{
    int found = 0;
    *bytes = TEXT("");
    for (size_t i = 0; i < hex.n; i++)
        if (!is_hex(hex.p[i]))
            return 0;
    sqlite3_stmt *s = journal_prepare(
        j, "SELECT bytes FROM blob WHERE substr(lower(hex(digest)), 1, ?2) = ?1 LIMIT 2");
    if (s == NULL)
        return 0;
    journal_bind_text(s, 1, hex);
    sqlite3_bind_int64(s, 2, (int64_t)hex.n);
    while (sqlite3_step(s) == SQLITE_ROW)
        if (found++ == 0)
            *bytes = text_copy(memory, journal_column_text(s, 0));
    sqlite3_finalize(s);
    return found;
}

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

bool journal_evidence(const journal_event *e, arena *memory, sha256 *digest)
{
    json_document d;
    text key = TEXT("\"evidence\":");
    if (e->kind != EVENT_OUTCOME || memmem(e->body.p, e->body.n, key.p, key.n) == NULL ||
        !json_read(memory, e->body, &d, NULL))
        return false;
    uint32_t node = json_member(&d, 0, TEXT("evidence"));
    text hex = node != 0 && d.node[node].kind == JSON_TEXT ? json_text(memory, &d, node) : TEXT("");
    for (size_t i = 0; i < hex.n; i++)
        if (!is_hex(hex.p[i]))
            return false;
    for (size_t i = 0; hex.n == 64 && i < 32; i++)
        digest->byte[i] = (uint8_t)(digit(hex.p[2 * i]) << 4 | digit(hex.p[2 * i + 1]));
    return hex.n == 64;
}

bool journal_snapshot_get(journal *j, uint32_t run, arena *memory, uint64_t *seq, sha256 *hash,
                          text *state)
{
    sqlite3_stmt *s = journal_prepare(j, "SELECT seq, hash, state FROM snapshot WHERE run = ?");
    if (s == NULL)
        return false;
    sqlite3_bind_int64(s, 1, run);
    bool found = sqlite3_step(s) == SQLITE_ROW && journal_column_hash(s, 1, hash);
    if (found) {
        *seq = (uint64_t)sqlite3_column_int64(s, 0);
        *state = text_copy(memory, journal_column_text(s, 2));
    }
    sqlite3_finalize(s);
    return found;
}
