/* contract_files.h: the files that a contract consists of: its own, and those below its folder
 * that it refers to.
 *
 * All of them share one space of positions (base/source.h), so that a place is one number whatever
 * file it is in; 0 is no place. A reference is a path relative to the file that it stands in
 * (RFC 3986, 5), without fragment. It never leads out of the contract's folder, over a symbolic
 * link or to the network: those are refused with what to do instead. Each file is read once.
 */
#ifndef FERRY_STDLIB_CONTRACT_FILES_H
#define FERRY_STDLIB_CONTRACT_FILES_H

#include "base/source.h"
#include "stdlib/document/document.h"

enum { CONTRACT_FILES = 256, CONTRACT_BYTES = 256 << 20 /* of all files */ };

typedef struct {
    const source *source; /* its name is relative to the folder of the contract */
    uint32_t referrer;    /* the reference that led here first; 0 for the contract's own */
    const void *content;  /* what its reader makes of it; NULL until then */
} contract_file;

typedef struct {
    arena *memory;
    const char *folder; /* NULL: other files are not read */
    text own;           /* the contract's own name in it */
    source_map map;
    contract_file *file[CONTRACT_FILES];
    uint32_t files;
    size_t bytes;
} contract_files;

/* `path` is the contract's own; NULL: other files are not read. */
void contract_files_init(contract_files *f, arena *memory, const char *path);
/* To be called when no file is added any more: the list of files becomes the arena's. */
void contract_files_keep(contract_files *f);

/* The contract's own bytes, which are not copied; NULL where they are too many. */
contract_file *contract_files_first(contract_files *f, text bytes);
/* What a reference at `referrer` names. NULL and why not: "models.yaml: no such file …". */
contract_file *contract_files_open(contract_files *f, text reference, uint32_t referrer, text *why);
contract_file *contract_files_at(const contract_files *f, uint32_t at);

/* A fault at a place. One in another file is told at the reference that led there, and names the
 * file and line itself: a document_fault has a place in the contract's own. */
document_fault contract_files_fault(const contract_files *f, const char *code, uint32_t at,
                                    text message, text path);

#endif
