/* journal_write.c: transactions, events, runs, blobs, snapshots.
 *
 * The first write begins a transaction (BEGIN IMMEDIATE: a deferred one that reads first fails when
 * another connection wrote), journal_commit ends it with one sync. The chain's head is kept in
 * memory and moves with each append. Any failure leaves the journal dead: the transaction is rolled
 * back, and since the caller's state has already moved on, nothing may be appended behind it.
 */
#include "vm/journal_parts.h"

#include "base/vec.h"

#include <errno.h>
#include <string.h>

static bool full(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

/* SQLite calls only ENOSPC full; a quota and a limit on file sizes are the same to people. The
 * error is asked of the file and of its log: sqlite3_system_errno is 0 for a log's failed write.
 * Readers share a file that is cut and grows; of why it could not, no error is kept. */
static bool is_full(sqlite3 *db)
{
    int error = 0;
    sqlite3_file *log = NULL;
    if (db == NULL)
        return false;
    int extended = sqlite3_extended_errcode(db);
    if (extended == SQLITE_IOERR_SHMSIZE || extended == SQLITE_IOERR_SHMOPEN)
        return true;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK &&
        full(error))
        return true;
    return sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
           log != NULL && log->pMethods != NULL &&
           log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK &&
           full(error);
}

journal_status journal_status_of(sqlite3 *db, int code)
{
    int error = db != NULL ? sqlite3_system_errno(db) : 0;
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return JOURNAL_OK;
    case SQLITE_FULL: return JOURNAL_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return JOURNAL_READ_ONLY;
    case SQLITE_CANTOPEN:
        return error == EACCES || error == EPERM || error == EROFS ? JOURNAL_READ_ONLY
               : full(error)                                       ? JOURNAL_FULL
                                                                   : JOURNAL_FAILED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return JOURNAL_LOCKED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return JOURNAL_CORRUPT;
    case SQLITE_ERROR: return JOURNAL_CORRUPT; /* our own statements do not fit its tables */
    case SQLITE_IOERR: return is_full(db) ? JOURNAL_FULL : JOURNAL_FAILED;
    default: return JOURNAL_FAILED;
    }
}

/* Remembers a failure for good: what came after it would stand on unknown ground. */
static journal_status journal_fail(journal *j, int code)
{
    if (j->dead == JOURNAL_OK)
        j->dead = journal_status_of(j->db, code);
    if (j->dead == JOURNAL_OK)
        j->dead = JOURNAL_FAILED;
    if (sqlite3_get_autocommit(j->db) == 0)
        sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
    j->open = false;
    return j->dead;
}

static journal_status journal_execute(journal *j, const char *sql)
{
    int code = sqlite3_exec(j->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? JOURNAL_OK : journal_fail(j, code);
}

sqlite3_stmt *journal_prepare(journal *j, const char *sql)
{
    sqlite3_stmt *s = NULL;
    return sqlite3_prepare_v2(j->db, sql, -1, &s, NULL) == SQLITE_OK ? s : NULL;
}

/* Steps a statement that gives no rows, and finalizes it. */
static journal_status journal_finish(journal *j, sqlite3_stmt *s)
{
    if (s == NULL)
        return journal_fail(j, sqlite3_extended_errcode(j->db));
    int code = sqlite3_step(s);
    if (code == SQLITE_DONE || code == SQLITE_ROW)
        code = SQLITE_OK;
    sqlite3_finalize(s);
    return code == SQLITE_OK ? JOURNAL_OK : journal_fail(j, code);
}

/* Begins a transaction unless one is open. */
static journal_status journal_begin(journal *j)
{
    if (j->dead != JOURNAL_OK)
        return j->dead;
    if (j->lock < 0)
        return JOURNAL_READ_ONLY;
    if (j->open)
        return JOURNAL_OK;
    journal_status s = journal_execute(j, "BEGIN IMMEDIATE");
    if (s != JOURNAL_OK)
        return s;
    j->open = true;
    if (j->fenced)
        return JOURNAL_OK;
    j->fence++;
    j->fenced = true;
    return journal_execute(j, "UPDATE store SET fence = fence + 1");
}

void journal_bind_text(sqlite3_stmt *s, int at, text t)
{
    sqlite3_bind_text64(s, at, t.p != NULL ? t.p : "", t.n, SQLITE_STATIC, SQLITE_UTF8);
}

void journal_bind_blob(sqlite3_stmt *s, int at, const void *p, size_t n)
{
    sqlite3_bind_blob64(s, at, n != 0 ? p : "", n, SQLITE_STATIC);
}

sha256 journal_first(const char *store_id)
{
    sha256_stream h;
    sha256_begin(&h);
    sha256_add(&h, "ferry.store.1", sizeof "ferry.store.1");
    sha256_add(&h, store_id, 32);
    return sha256_end(&h);
}

static void add_u32(sha256_stream *h, uint32_t v)
{
    uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    sha256_add(h, b, 4);
}

sha256 journal_link(const sha256 *previous, const journal_event *e)
{
    sha256_stream h;
    sha256_begin(&h);
    sha256_add(&h, "ferry.event.1", sizeof "ferry.event.1");
    sha256_add(&h, previous->byte, 32);
    add_u32(&h, e->run);
    sha256_add_u64(&h, e->seq);
    sha256_add_u64(&h, e->cause);
    sha256_add_u64(&h, (uint64_t)e->at);
    add_u32(&h, (uint32_t)e->kind);
    add_u32(&h, e->fiber);
    add_u32(&h, e->n);
    add_u32(&h, e->site);
    sha256_add(&h, e->key.byte, 32);
    sha256_add_u64(&h, e->fence);
    sha256_add_u64(&h, e->body.n);
    sha256_add(&h, e->body.p, e->body.n);
    return sha256_end(&h);
}

static void bind_event(sqlite3_stmt *s, const journal_event *e)
{
    static const sha256 none;
    const int64_t numbers[] = {
        (int64_t)e->seq, e->run, (int64_t)e->cause, e->at, e->kind, e->fiber, e->n, e->site};
    for (int i = 0; i < 8; i++)
        sqlite3_bind_int64(s, i + 1, numbers[i]);
    if (sha256_equal(&e->key, &none))
        sqlite3_bind_null(s, 9);
    else
        journal_bind_blob(s, 9, e->key.byte, 32);
    sqlite3_bind_int64(s, 10, (int64_t)e->fence);
    journal_bind_text(s, 11, e->body);
    journal_bind_blob(s, 12, e->hash.byte, 32);
}

journal_status journal_append(journal *j, journal_event *e)
{
    journal_status begun = journal_begin(j);
    if (begun != JOURNAL_OK)
        return begun;
    if (j->append == NULL)
        j->append = journal_prepare(j, "INSERT INTO event (" JOURNAL_COLUMNS
                                       ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
    if (j->append == NULL)
        return journal_fail(j, sqlite3_extended_errcode(j->db));
    e->seq = j->seq + 1;
    e->fence = j->fence;
    e->hash = journal_link(&j->head, e);
    bind_event(j->append, e);
    int code = sqlite3_step(j->append);
    /* The status is taken before the reset and the bindings dropped: they point into the caller. */
    journal_status s = code == SQLITE_DONE ? JOURNAL_OK : journal_fail(j, code);
    sqlite3_reset(j->append);
    sqlite3_clear_bindings(j->append);
    if (s != JOURNAL_OK)
        return s;
    j->seq = e->seq;
    j->head = e->hash;
    return JOURNAL_OK;
}

/* PASSIVE: never waits for a reader, and moves over what no reader still needs. A full disk is no
 * harm here, the log simply stays. */
static journal_status move_log(journal *j)
{
    int code = sqlite3_wal_checkpoint_v2(j->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    journal_status s = journal_status_of(j->db, code);
    if (s == JOURNAL_OK || s == JOURNAL_FULL || s == JOURNAL_LOCKED)
        return JOURNAL_OK;
    return journal_fail(j, code);
}

/* A file that was removed or moved away can be written and synced for ever, and nobody will read
 * it; another process may already own a new store at its place. */
static bool is_elsewhere(const journal *j)
{
    int moved = 0;
    return sqlite3_file_control(j->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
           moved != 0;
}

journal_status journal_commit(journal *j)
{
    if (j->dead != JOURNAL_OK)
        return j->dead;
    if (!j->open || j->throwaway)
        return JOURNAL_OK;
    if (is_elsewhere(j))
        return j->dead = JOURNAL_MISSING;
    journal_status s = journal_execute(j, "COMMIT");
    if (s != JOURNAL_OK)
        return s;
    j->open = false;
    return j->frames > JOURNAL_CHECKPOINT ? move_log(j) : JOURNAL_OK;
}

static journal_status put_image(journal *j, const sha256 *program, text bytes)
{
    sqlite3_stmt *s = journal_prepare(
        j, "INSERT INTO image (program, bytes) VALUES (?,?) ON CONFLICT DO NOTHING");
    if (s == NULL)
        return journal_fail(j, sqlite3_extended_errcode(j->db));
    journal_bind_blob(s, 1, program->byte, 32);
    journal_bind_blob(s, 2, bytes.p, bytes.n);
    return journal_finish(j, s);
}

journal_status journal_run_new(journal *j, const journal_run *r, text image_bytes, uint32_t *run)
{
    journal_status status = journal_begin(j);
    if (status == JOURNAL_OK)
        status = put_image(j, &r->program, image_bytes);
    if (status != JOURNAL_OK)
        return status;
    sqlite3_stmt *s = journal_prepare(j, "INSERT INTO run (name, migration, mode, program, started,"
                                         " folder) VALUES (?,?,?,?,?,?)");
    if (s == NULL)
        return journal_fail(j, sqlite3_extended_errcode(j->db));
    journal_bind_text(s, 1, r->name);
    journal_bind_text(s, 2, r->migration);
    journal_bind_text(s, 3, r->mode);
    journal_bind_blob(s, 4, r->program.byte, 32);
    sqlite3_bind_int64(s, 5, r->started);
    journal_bind_text(s, 6, r->folder);
    status = journal_finish(j, s);
    *run = (uint32_t)sqlite3_last_insert_rowid(j->db);
    return status;
}

journal_status journal_run_end(journal *j, uint32_t run, instant at, text state)
{
    journal_status status = journal_begin(j);
    if (status != JOURNAL_OK)
        return status;
    sqlite3_stmt *s = journal_prepare(j, "UPDATE run SET ended = ?, state = ? WHERE run = ?");
    if (s == NULL)
        return journal_fail(j, sqlite3_extended_errcode(j->db));
    sqlite3_bind_int64(s, 1, at);
    journal_bind_text(s, 2, state);
    sqlite3_bind_int64(s, 3, run);
    return journal_finish(j, s);
}

journal_status journal_snapshot_put(journal *j, uint32_t run, uint64_t seq, const sha256 *hash,
                                    text state)
{
    journal_status status = journal_begin(j);
    if (status != JOURNAL_OK)
        return status;
    /* A cache, the only thing that is ever replaced. */
    sqlite3_stmt *s = journal_prepare(
        j, "INSERT INTO snapshot (run, seq, hash, state) VALUES (?,?,?,?) ON CONFLICT (run) DO"
           " UPDATE SET seq = excluded.seq, hash = excluded.hash, state = excluded.state");
    if (s == NULL)
        return journal_fail(j, sqlite3_extended_errcode(j->db));
    sqlite3_bind_int64(s, 1, run);
    sqlite3_bind_int64(s, 2, (int64_t)seq);
    journal_bind_blob(s, 3, hash->byte, 32);
    journal_bind_blob(s, 4, state.p, state.n);
    return journal_finish(j, s);
}

journal_status journal_blob_put(journal *j, text bytes, sha256 *digest)
{
    *digest = sha256_of(bytes.p, bytes.n);
    journal_status status = journal_begin(j);
    if (status != JOURNAL_OK)
        return status;
    sqlite3_stmt *s =
        journal_prepare(j, "INSERT INTO blob (digest, bytes) VALUES (?,?) ON CONFLICT DO NOTHING");
    if (s == NULL)
        return journal_fail(j, sqlite3_extended_errcode(j->db));
    journal_bind_blob(s, 1, digest->byte, 32);
    journal_bind_blob(s, 2, bytes.p, bytes.n);
    return journal_finish(j, s);
}

journal_status journal_unsent_put(journal *j, const journal_request *q)
{
    journal_status status = journal_begin(j);
    if (status != JOURNAL_OK)
        return status;
    sqlite3_stmt *s = journal_prepare(j, "INSERT INTO unsent (run, fiber, n) VALUES (?,?,?)");
    if (s == NULL)
        return journal_fail(j, sqlite3_extended_errcode(j->db));
    sqlite3_bind_int64(s, 1, q->run);
    sqlite3_bind_int64(s, 2, q->fiber);
    sqlite3_bind_int64(s, 3, q->n);
    return journal_finish(j, s);
}

journal_status journal_unsent_take(journal *j, arena *memory, journal_request **out, size_t *n)
{
    VEC(journal_request) all = {0};
    sqlite3_stmt *s = journal_prepare(j, "SELECT run, fiber, n FROM unsent ORDER BY id");
    while (s != NULL && sqlite3_step(s) == SQLITE_ROW)
        vec_push(&all, (journal_request){(uint32_t)sqlite3_column_int64(s, 0),
                                         (uint32_t)sqlite3_column_int64(s, 1),
                                         (uint32_t)sqlite3_column_int64(s, 2)});
    int code = s == NULL ? sqlite3_extended_errcode(j->db) : sqlite3_finalize(s);
    *n = all.n;
    *out = arena_array(memory, journal_request, all.n);
    if (all.n != 0)
        memcpy(*out, all.p, all.n * sizeof *all.p);
    vec_release(&all);
    if (code != SQLITE_OK)
        return journal_fail(j, code);
    journal_status status = *n == 0 ? JOURNAL_OK : journal_begin(j);
    return status != JOURNAL_OK || *n == 0 ? status : journal_execute(j, "DELETE FROM unsent");
}
