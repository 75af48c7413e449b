/* contracts.c: see contracts.h. One file a side is a pair whatever the names; of folders, files of
 * one name are. What a contract of a folder refers to is a part of it, not a contract. */
#include "cli/contracts.h"
#include "cli/render_contract.h"

#include "base/source.h"
#include "stdlib/document/format.h"
#include "stdlib/document/mask.h"

/* --- contracts and their parts --- */

/* Marks the files that a contract consists of besides its own; those of one that cannot be read
 * stay what they are. */
static void mark_parts(const folder_files *f, size_t contract_at, document_kind kind, bool *part)
{
    arena a;
    document_fault fault;
    arena_init(&a);
    text path = f->p[contract_at].path, bytes = f->p[contract_at].bytes;
    bool mapped;
    if (!bytes.p && file_view(&a, path.p, FOLDER_FILE_LARGEST, &bytes, &mapped) != LOAD_OK)
        bytes = TEXT("");
    const char *slash = memrchr(path.p, '/', path.n);
    text folder = text_slice(path, 0, slash ? (size_t)(slash - path.p) + 1 : 0);
    const contract *c = contract_read(&a, kind, bytes, path.p, &fault);
    for (uint32_t i = 1; c && i < contract_parts(c); i++) {
        text whole = text_format(&a, "%.*s%.*s", TEXT_ARG(folder), TEXT_ARG(contract_part(c, i)));
        for (size_t k = 0; k < f->n; k++)
            part[k] |= k != contract_at && text_equal(f->p[k].path, whole);
    }
    arena_release(&a);
}

/* One byte more than what tells a kind, so that a file that ends there is known to. */
enum { HEAD = 4096 + 1 };

static document_kind told_kind(const folder_file *f, document_kind kind)
{
    arena a = {0};
    text head = f->bytes;
    if (!kind && !head.p && file_head(&a, f->path.p, HEAD, &head) != LOAD_OK)
        head = TEXT("");
    kind = kind ? kind : document_kind_of(head);
    arena_release(&a);
    return kind;
}

/* Which files of a folder are parts of others: NULL of a single file. */
static bool *parts_of(arena *a, const folder_files *f, document_kind kind)
{
    if (f->n < 2)
        return NULL;
    bool *part = arena_array(a, bool, f->n);
    for (size_t i = 0; i < f->n; i++)
        if (document_is_contract(told_kind(&f->p[i], kind)))
            mark_parts(f, i, told_kind(&f->p[i], kind), part);
    return part;
}

static bool all_contracts(cli *c, const folder_files *f)
{
    size_t contracts = 0;
    for (size_t i = 0; i < f->n; i++)
        contracts += document_is_contract(told_kind(&f->p[i], KIND_UNKNOWN));
    if (contracts == f->n || contracts == 0)
        return contracts > 0;
    const bool *part = parts_of(&c->memory, f, KIND_UNKNOWN);
    for (size_t i = 0; i < f->n; i++)
        if (!part[i] && !document_is_contract(told_kind(&f->p[i], KIND_UNKNOWN)))
            return false;
    return true;
}

bool contracts_meant(cli *c, const folder_files *legacy, const folder_files *modern,
                     document_kind kind)
{
    return kind ? document_is_contract(kind) : all_contracts(c, legacy) || all_contracts(c, modern);
}

/* The files of a side without those that are parts of others. */
static folder_files without_parts(cli *c, const folder_files *f, document_kind kind)
{
    const bool *part = parts_of(&c->memory, f, kind);
    folder_files out = {.p = arena_array(&c->memory, folder_file, f->n)};
    for (size_t i = 0; i < f->n; i++)
        if (!part || !part[i])
            out.p[out.n++] = f->p[i];
    return out;
}

/* --- one pair --- */

typedef struct {
    cli *c;
    contract_options options;
    size_t *used; /* of each `ignore` */
    contract_report report;
} run;

static uint32_t line_of(text bytes, size_t offset)
{
    uint32_t line = 1;
    for (size_t i = 0; i < offset && i < bytes.n; i++)
        line += bytes.p[i] == '\n';
    return line;
}

static const contract *read_side(run *r, contract_pair *p, const folder_file *f, document_kind kind)
{
    const contract *one = contract_read(&r->c->memory, kind, f->bytes, f->path.p, &p->fault);
    if (one)
        return one;
    p->unreadable = true;
    p->fault_file = mask_text(&r->c->memory, f->path);
    p->fault_line = line_of(f->bytes, p->fault.offset);
    return NULL;
}

/* What a file is; one that does not say is taken for what the other is, and found unreadable. */
static document_kind kind_of(const folder_file *f, document_kind otherwise)
{
    document_kind k = document_kind_of(f->bytes);
    return document_is_contract(k) ? k : otherwise;
}

static void different_kinds(contract_pair *p, const folder_file *f, document_kind legacy,
                            document_kind modern, arena *a)
{
    p->unreadable = true;
    p->fault_file = mask_text(a, f->path);
    p->fault = (document_fault){.code = TEXT("kind"),
                                .message = text_format(a, "this is %s, and the legacy file is %s",
                                                       document_kind_word(modern),
                                                       document_kind_word(legacy))};
}

static void compare_pair(run *r, contract_pair *p, const folder_file *l, const folder_file *m,
                         document_kind kind)
{
    document_kind x = kind ? kind : kind_of(l, kind_of(m, KIND_OPENAPI));
    document_kind y = kind ? kind : kind_of(m, x);
    p->legacy_file = mask_text(&r->c->memory, l->path);
    p->modern_file = mask_text(&r->c->memory, m->path);
    if (x != y) {
        different_kinds(p, m, x, y, &r->c->memory);
        return;
    }
    p->legacy = read_side(r, p, l, x);
    p->modern = p->legacy ? read_side(r, p, m, y) : NULL;
    if (p->modern && !contract_compare(&r->c->memory, p->legacy, p->modern, &r->options, &p->result,
                                       &p->fault)) {
        p->unreadable = true;
        p->fault_file = mask_text(&r->c->memory, m->path);
    }
}

/* A contract that has no partner is one change. */
static void alone(run *r, contract_pair *p, const folder_file *f, bool legacy)
{
    contract_change *one = arena_new(&r->c->memory, contract_change);
    one->rule = legacy ? RULE_CONTRACT_REMOVED : RULE_CONTRACT_ADDED;
    one->path = mask_text(&r->c->memory, f->name);
    *(legacy ? &p->legacy_file : &p->modern_file) = mask_text(&r->c->memory, f->path);
    p->result.change = one;
    p->result.changes = 1;
    p->result.count[contract_rule_table[one->rule].level] = 1;
}

/* --- all pairs --- */

static void add_up(run *r, const contract_pair *p)
{
    r->report.unreadable += p->unreadable;
    r->report.ignored += p->result.ignored;
    for (contract_level l = 0; l < CHANGE_LEVELS; l++)
        r->report.count[l] += p->result.count[l];
    for (size_t k = 0; p->result.ignore_used && k < r->options.ignores; k++)
        r->used[k] += p->result.ignore_used[k];
}

/* Both lists are in the order of their names. */
static void compare_all(run *r, const folder_files *l, const folder_files *m, document_kind kind)
{
    bool single = l->n == 1 && m->n == 1;
    size_t i = 0, k = 0;
    r->report.pair = arena_array(&r->c->memory, contract_pair, l->n + m->n);
    while (i < l->n || k < m->n) {
        contract_pair *p = &r->report.pair[r->report.pairs++];
        int side = i == l->n   ? 1
                   : k == m->n ? -1
                   : single    ? 0
                               : text_compare(l->p[i].name, m->p[k].name);
        if (side == 0)
            compare_pair(r, p, &l->p[i], &m->p[k], kind);
        else
            alone(r, p, side < 0 ? &l->p[i] : &m->p[k], side < 0);
        add_up(r, p);
        i += side <= 0;
        k += side >= 0;
    }
}

static void find_unused(run *r)
{
    text *unused = arena_array(&r->c->memory, text, r->options.ignores);
    for (size_t k = 0; k < r->options.ignores; k++)
        if (!r->used[k])
            unused[r->report.unuseds++] = r->options.ignore[k];
    r->report.unused = unused;
}

/* What compares data by their values; a contract has none. */
static exit_code only_contracts(cli *c)
{
    static const struct {
        option_id id;
        const char *word;
    } others[] = {{OPT_key, "key"},     {OPT_unordered, "unordered"}, {OPT_constrain, "constrain"},
                  {OPT_map, "map"},     {OPT_rules, "rules"},         {OPT_learn, "learn"},
                  {OPT_early, "early"}, {OPT_layout, "layout"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (option_is(&c->options, others[i].id))
            return cli_usage(c,
                             "`--%s` is for data; of contracts, `--ignore` takes codes and paths",
                             others[i].word);
    return CODE_DONE;
}

static void prove(run *r, const folder_files *legacy, document_kind kind)
{
    contract_proof *proof = arena_new(&r->c->memory, contract_proof);
    for (size_t i = 0; i < legacy->n; i++)
        contract_prove(&r->c->memory, told_kind(&legacy->p[i], kind), legacy->p[i].bytes,
                       legacy->p[i].path.p, &r->options, proof);
    r->report.proof = proof;
}

/* Defects that were put in and not found; that none could be put in proves nothing. */
static bool detected(const run *r, unsigned detect)
{
    const contract_proof *p = r->report.proof;
    if (!detect || (p->tried && p->found * 100 >= p->tried * detect))
        return true;
    cli_error(r->c, NULL, "these rules find %llu of %llu defects, less than the %u%% asked for",
              (unsigned long long)p->found, (unsigned long long)p->tried, detect);
    return false;
}

exit_code contracts_compare(cli *c, const folder_files *legacy, const folder_files *modern,
                            document_kind kind, unsigned detect)
{
    text *ignore;
    run r = {.c = c};
    exit_code code = only_contracts(c);
    if (code != CODE_DONE)
        return code;
    r.options.ignores = option_all(&c->options, OPT_ignore, &c->memory, &ignore);
    r.options.ignore = ignore;
    r.used = arena_array(&c->memory, size_t, r.options.ignores);
    folder_files l = without_parts(c, legacy, kind), m = without_parts(c, modern, kind);
    compare_all(&r, &l, &m, kind);
    find_unused(&r);
    if (option_is(&c->options, OPT_prove_rules))
        prove(&r, &l, kind);
    render_contract(c, &r.report, option_is(&c->options, OPT_all));
    if (r.report.unreadable)
        return CODE_ERRORS;
    bool changed = r.report.count[CHANGE_BREAKING] + r.report.count[CHANGE_RISKY] > 0;
    return detected(&r, detect) && !changed ? CODE_DONE : CODE_DIFFERENT;
}
