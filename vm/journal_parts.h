/* journal_parts.h: what the files of the journal share. Nobody else includes it. */
#ifndef FERRY_VM_JOURNAL_PARTS_H
#define FERRY_VM_JOURNAL_PARTS_H

#include "vm/journal.h"

#include <sqlite3.h>

enum {
    JOURNAL_APPLICATION = 0x46657279, /* "Fery" */
    JOURNAL_VERSION = 1,
    JOURNAL_CHECKPOINT = 500, /* frames of the log after which a turn's end moves them over */
    JOURNAL_BUSY = 5000       /* ms to wait for a foreign connection, a shell perhaps */
};

struct journal {
    sqlite3 *db;
    int lock; /* descriptor of the lock; -1 in a reader */
    char store_id[33];
    sha256 head;
    uint64_t seq, fence;
    bool open;           /* a transaction is under way */
    bool throwaway;      /* and stays so: nobody will read it after its owner */
    bool fenced;         /* this owner's fence is durable or in the open transaction */
    int frames;          /* in the log after the last commit */
    journal_status dead; /* why nothing more is written; JOURNAL_OK while it lives */
    sqlite3_stmt *append;
};

extern const char journal_schema[];

/* Maps the last failure of the connection. */
journal_status journal_status_of(sqlite3 *db, int code);
sqlite3_stmt *journal_prepare(journal *j, const char *sql); /* NULL on failure */

void journal_bind_text(sqlite3_stmt *s, int at, text t);
void journal_bind_blob(sqlite3_stmt *s, int at, const void *p, size_t n);
text journal_column_text(sqlite3_stmt *s, int at); /* until the next step */
bool journal_column_hash(sqlite3_stmt *s, int at, sha256 *out);

sha256 journal_first(const char *store_id);
sha256 journal_link(const sha256 *previous, const journal_event *e);
/* What an event is read from, in this order. */
#define JOURNAL_COLUMNS "seq, run, cause, at, kind, fiber, n, site, key, fence, body, hash"

#endif
