/* journal.c: opening and closing a store.
 *
 * A writer takes the lock before it opens the database, so that there is never a second writing
 * connection: SQLite before 3.51.3 has a race between a connection that checkpoints and any other
 * that commits. Nothing is written at opening but a missing schema; what a killed owner left in
 * `state.db-wal` is recovered by SQLite when the file is opened. Readers open read-only, take no
 * lock and never checkpoint.
 */
#include "vm/journal_parts.h"
#include "vm/owner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const char *folder, *file;
    bool writer, create;
    arena *memory;
    text *why;
} opening;

static journal_status say(const opening *o, journal_status s, const char *what)
{
    *o->why = text_format(o->memory, "%s: %s", o->file, what);
    return s;
}

static journal_status say_sqlite(const opening *o, sqlite3 *db, int code)
{
    journal_status s = journal_status_of(db, code);
    const char *what = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    if (s == JOURNAL_CORRUPT)
        *o->why = text_format(o->memory, "%s: not a readable Ferry store (%s)", o->file, what);
    else
        *o->why = text_format(o->memory, "%s: %s", o->file,
                              s == JOURNAL_FULL ? "no room on its disk" : what);
    return s;
}

/* 0700, unless the folder it stands in is shared by a group: then it is shared as well. */
static journal_status make_folder(const opening *o)
{
    struct stat s;
    if (stat(o->folder, &s) == 0)
        return S_ISDIR(s.st_mode) ? JOURNAL_OK : say(o, JOURNAL_FAILED, "its folder is a file");
    if (errno != ENOENT)
        return say(o, errno == EACCES ? JOURNAL_READ_ONLY : JOURNAL_FAILED, strerror(errno));
    if (!o->create)
        return say(o, JOURNAL_MISSING, "there is no store");
    const char *parent = text_format(o->memory, "%s/..", o->folder).p;
    text above = text_of(o->folder);
    while (above.n > 1 && above.p[above.n - 1] == '/')
        above.n--;
    while (above.n > 0 && above.p[above.n - 1] != '/')
        above.n--;
    parent = above.n == 0 ? "." : text_copy(o->memory, above).p;
    bool shared = stat(parent, &s) == 0 && (s.st_mode & S_ISGID) != 0 && (s.st_mode & S_IWGRP) != 0;
    if (mkdir(o->folder, shared ? 0770 : 0700) != 0 && errno != EEXIST)
        return say(o,
                   errno == EACCES || errno == EROFS    ? JOURNAL_READ_ONLY
                   : errno == ENOSPC || errno == EDQUOT ? JOURNAL_FULL
                                                        : JOURNAL_FAILED,
                   strerror(errno));
    return JOURNAL_OK;
}

static journal_status take_lock(const opening *o, journal *j)
{
    text who = {0};
    switch (owner_take(o->folder, &j->lock, o->memory, &who)) {
    case OWNER_TAKEN: return JOURNAL_OK;
    case OWNER_HELD:
        *o->why = text_format(o->memory, "%s is held by %.*s", o->folder, TEXT_ARG(who));
        return JOURNAL_LOCKED;
    case OWNER_DENIED: *o->why = who; return JOURNAL_READ_ONLY;
    case OWNER_FULL: *o->why = who; return JOURNAL_FULL;
    case OWNER_FAILED: break;
    }
    *o->why = who;
    return JOURNAL_FAILED;
}

static bool number(sqlite3 *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *s = NULL;
    bool ok =
        sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW;
    *out = ok ? sqlite3_column_int64(s, 0) : 0;
    return sqlite3_finalize(s) == SQLITE_OK && ok;
}

/* The pragmas that make a commit mean what the driver believes it means. */
static int configure(sqlite3 *db, bool writer)
{
    sqlite3_busy_timeout(db, JOURNAL_BUSY);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_extended_result_codes(db, 1);
    int code = sqlite3_exec(db,
                            "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"
                            "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
                            "PRAGMA wal_autocheckpoint = 0;",
                            NULL, NULL, NULL);
    if (code != SQLITE_OK || !writer)
        return code;
    sqlite3_stmt *s = NULL;
    code = sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &s, NULL);
    if (code == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        code =
            strcmp((const char *)sqlite3_column_text(s, 0), "wal") == 0 ? SQLITE_OK : SQLITE_IOERR;
    int end = sqlite3_finalize(s);
    return end != SQLITE_OK ? end : code;
}

void journal_throwaway(journal *j)
{
    j->throwaway = true;
}

static journal_status create_schema(const opening *o, journal *j)
{
    uint8_t random[16];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return say(o, JOURNAL_FAILED, "no random bytes");
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(j->store_id + 2 * i, 3, "%02x", random[i]);
    sha256 head = journal_first(j->store_id);
    char hex[65];
    sha256_hex(&head, hex);
    const char *sql =
        text_format(o->memory,
                    "BEGIN IMMEDIATE; PRAGMA application_id = %d; PRAGMA user_version = %d; %s"
                    "INSERT INTO store VALUES (1, '%s', 0, 0, x'%s'); COMMIT;",
                    JOURNAL_APPLICATION, JOURNAL_VERSION, journal_schema, j->store_id, hex)
            .p;
    int code = sqlite3_exec(j->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? JOURNAL_OK : say_sqlite(o, j->db, code);
}

/* Whose file it is, of which version, and whether it is all there. */
static journal_status recognise(const opening *o, journal *j, bool *empty)
{
    int64_t tables, application, version, pages, size;
    if (!number(j->db, "SELECT count(*) FROM sqlite_schema", &tables) ||
        !number(j->db, "PRAGMA application_id", &application) ||
        !number(j->db, "PRAGMA user_version", &version) ||
        !number(j->db, "PRAGMA page_count", &pages) || !number(j->db, "PRAGMA page_size", &size))
        return say_sqlite(o, j->db, sqlite3_extended_errcode(j->db));
    *empty = tables == 0 && application == 0 && version == 0;
    if (*empty)
        return JOURNAL_OK;
    if (application != JOURNAL_APPLICATION)
        return say(o, JOURNAL_CORRUPT, "a database, but not a Ferry store");
    if (version > JOURNAL_VERSION) {
        *o->why = text_format(
            o->memory, "%s: written by a newer Ferry (store version %lld, this one knows %d)",
            o->file, (long long)version, JOURNAL_VERSION);
        return JOURNAL_NEWER;
    }
    struct stat file, log;
    bool logged = stat(text_format(o->memory, "%s-wal", o->file).p, &log) == 0 && log.st_size > 0;
    if (!logged && stat(o->file, &file) == 0 && file.st_size < pages * size)
        return say(o, JOURNAL_CORRUPT, "cut off: the file is shorter than its header says");
    return JOURNAL_OK;
}

/* Reads the head and checks it against the last event: a cheap test that refuses a store whose end
 * was tampered with or lost. */
static journal_status read_head(const opening *o, journal *j)
{
    sqlite3_stmt *s =
        journal_prepare(j, "SELECT store_id, seq, fence, head, (SELECT max(seq) FROM event),"
                           " (SELECT hash FROM event ORDER BY seq DESC LIMIT 1) FROM store");
    if (s == NULL)
        return say_sqlite(o, j->db, sqlite3_extended_errcode(j->db));
    int code = sqlite3_step(s);
    bool whole = false;
    if (code == SQLITE_ROW && sqlite3_column_bytes(s, 0) == 32) {
        memcpy(j->store_id, sqlite3_column_text(s, 0), 32);
        j->seq = (uint64_t)sqlite3_column_int64(s, 1);
        j->fence = (uint64_t)sqlite3_column_int64(s, 2);
        sha256 last = journal_first(j->store_id);
        whole = journal_column_hash(s, 3, &j->head) &&
                j->seq == (uint64_t)sqlite3_column_int64(s, 4) &&
                (j->seq == 0 || journal_column_hash(s, 5, &last)) && sha256_equal(&last, &j->head);
    }
    int end = sqlite3_finalize(s);
    if (end != SQLITE_OK)
        return say_sqlite(o, j->db, end);
    return whole ? JOURNAL_OK : say(o, JOURNAL_CORRUPT, "its head does not fit its last event");
}

/* In a folder that may not be written a reader cannot make the shared index of the log. Where no
 * log is left there is nothing to share, and the file is read as it stands. */
static int open_file(const opening *o, journal *j)
{
    if (o->writer)
        return sqlite3_open_v2(o->file, &j->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    bool still = access(o->folder, W_OK) != 0 &&
                 access(text_format(o->memory, "%s-wal", o->file).p, F_OK) != 0;
    if (!still)
        return sqlite3_open_v2(o->file, &j->db, SQLITE_OPEN_READONLY, NULL);
    buffer uri;
    buffer_init(&uri);
    buffer_cstr(&uri, "file:");
    for (const char *c = o->file; *c != 0; c++) {
        if (strchr("%?#", *c) != NULL)
            buffer_printf(&uri, "%%%02x", (unsigned char)*c);
        else
            buffer_char(&uri, *c);
    }
    buffer_cstr(&uri, "?immutable=1");
    int code =
        sqlite3_open_v2(buffer_string(&uri), &j->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    buffer_release(&uri);
    return code;
}

static journal_status open_database(const opening *o, journal *j)
{
    bool missing = access(o->file, F_OK) != 0;
    if (missing && errno != ENOENT)
        return say(o, JOURNAL_READ_ONLY, strerror(errno));
    if (missing && !o->create)
        return say(o, JOURNAL_MISSING, "there is no store");
    int code = open_file(o, j);
    if (code == SQLITE_OK)
        code = configure(j->db, o->writer);
    if (code != SQLITE_OK)
        return say_sqlite(o, j->db, code);
    bool empty;
    journal_status s = recognise(o, j, &empty);
    if (s != JOURNAL_OK)
        return s;
    /* An empty database is what a process leaves that died while it made the store. */
    if (empty && !(o->writer && o->create))
        return say(o, JOURNAL_MISSING, "there is no store");
    if (empty)
        s = create_schema(o, j);
    if (s == JOURNAL_OK && o->writer && sqlite3_db_readonly(j->db, "main") == 1)
        s = say(o, JOURNAL_READ_ONLY, "no right to write");
    return s == JOURNAL_OK ? read_head(o, j) : s;
}

/* The hook tells how long the log is, so that checkpoints cost nothing while it is short. */
static int log_grew(void *self, sqlite3 *db, const char *name, int frames)
{
    ((journal *)self)->frames = frames;
    return SQLITE_OK;
}

journal_status journal_open(journal **out, const char *path, bool writer, bool create,
                            arena *memory, text *why)
{
    opening o = {path, text_format(memory, "%s/state.db", path).p, writer, writer && create, memory,
                 why};
    *why = TEXT("");
    *out = NULL;
    journal_status s = make_folder(&o);
    const char *network;
    if (s == JOURNAL_OK && owner_network(path, &network)) {
        *why = text_format(memory,
                           "%s is on a network file system (%s), whose locks cannot be "
                           "trusted; choose a local folder with --store",
                           path, network);
        return JOURNAL_NETWORK;
    }
    if (s != JOURNAL_OK)
        return s;
    journal *j = calloc(1, sizeof *j);
    if (j == NULL)
        memory_exhausted();
    j->lock = -1;
    /* A store that is not there is missing, and asking for it must not leave a lock file. */
    if (!o.create && access(o.file, F_OK) != 0 && errno == ENOENT)
        s = say(&o, JOURNAL_MISSING, "there is no store");
    if (s == JOURNAL_OK && writer)
        s = take_lock(&o, j);
    if (s == JOURNAL_OK)
        s = open_database(&o, j);
    if (s != JOURNAL_OK) {
        journal_close(j);
        return s;
    }
    if (writer)
        sqlite3_wal_hook(j->db, log_grew, j);
    *out = j;
    return JOURNAL_OK;
}

void journal_close(journal *j)
{
    if (j == NULL)
        return;
    sqlite3_finalize(j->append);
    if (j->db != NULL && j->open)
        sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
    /* After an I/O error the connection may believe pages that are not on the disk. Its closing
     * checkpoint must not write them: the log is left for the next owner to recover. */
    if (j->db != NULL && j->dead != JOURNAL_OK)
        sqlite3_db_config(j->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close(j->db);
    owner_leave(j->lock); /* last: until here no other may write */
    free(j);
}

text journal_store_id(const journal *j)
{
    return text_of(j->store_id);
}

sha256 journal_head(const journal *j, uint64_t *seq)
{
    if (seq != NULL)
        *seq = j->seq;
    return j->head;
}
