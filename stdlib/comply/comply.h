/* comply.h: what a file holds in clear text that it should not: numbers of cards and of people,
 * health information. PLAYBOOKS, section 5.
 *
 * Each value of a file is looked at where it stands, so that a qualifier, a name or a column can
 * say what it is, and in its name; what could not be read as its kind is looked at as text. A
 * finding is certain where the form alone is enough or the place says so, likely where many other
 * numbers look the same; places that hold numbers of articles, orders and parcels are passed over
 * for what is only likely. Values are kept masked.
 *
 * For each requirement that contents can break there is a verdict:
 *     fail            a certain finding concerns it
 *     not evidenced   only likely ones do, or some of the file could not be looked into
 *     pass            neither; it says nothing about systems, people or the way a file travels
 */
#ifndef FERRY_STDLIB_COMPLY_H
#define FERRY_STDLIB_COMPLY_H

#include "stdlib/document/format.h"
#include "stdlib/identifier/identifier.h"

typedef enum { COMPLY_PASS, COMPLY_NOT_EVIDENCED, COMPLY_FAIL } comply_verdict;

typedef struct {
    identifier id;
    identifier_evidence evidence;
    size_t offset; /* in the file as it came; in the file's name where the path is "name" */
    text path;     /* as faults have it: "ISA[1].GS[1].ST[2].REF[3].02", "$.card.number", "name" */
    text shown;    /* masked; of a value that may run on for long, its beginning */
} comply_finding;

typedef struct {
    const comply_finding *finding; /* by offset, those of the name first */
    uint32_t findings, omitted;
    uint32_t certain[ID_COUNT], likely[ID_COUNT]; /* all of them */
    const text *unseen; /* what could not be looked into: "2 embedded objects" */
    uint32_t unseens;
    comply_verdict verdict[REGIME_COUNT];
} comply_report;

enum { COMPLY_FINDINGS_MOST = 1000 };

/* Looks through a file that was read. Never fails. */
void comply_scan(arena *a, const document_file *f, comply_report *out);

bool comply_passes(const comply_report *r); /* in everything */
const char *comply_verdict_word(comply_verdict v);
const char *comply_evidence_word(identifier_evidence e);

/* {findings: [{rule, family, evidence, path, offset, value, concerns: []}], findings_omitted,
 * counts: {rule: number}, unseen: [], verdicts: {hipaa: "pass", …}} */
void comply_write_json(json_writer *w, const comply_report *r);

#endif
