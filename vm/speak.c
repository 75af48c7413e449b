/* speak.c: who may answer what waits, and in which role.
 *
 * The refusals are in the words of the one who spoke: who else is asked, what is missing. Whoever
 * wrote the program or started the run has no vote in it.
 */
#include "base/seating.h"
#include "bytecode/layout.h"
#include "vm/state.h"

static uint32_t members(const image *i, uint32_t role, uint32_t *first)
{
    return image_list(i, TABLE_ROLE, COLUMN_ROLE_MEMBERS, role, first);
}

static bool member_of(const vm *m, uint32_t role, text by)
{
    const image *i = m->image;
    uint32_t first, n = members(i, role, &first), reached = role_reached(m, role);
    if (!n && reached != role) /* its people are known to those through whom it is reached */
        return member_of(m, reached, by);
    for (uint32_t k = 0; k < n; k++)
        if (text_equal(image_text(i, (uint32_t)image_element(i, TABLE_ROLE, COLUMN_ROLE_MEMBERS,
                                                             first + k)),
                       by))
            return true;
    return n == 0 || by.n == 0;
}

static bool has_votes(const fiber *f, uint32_t role, uint32_t needed)
{
    uint32_t n = 0;
    for (size_t k = 0; k < f->votes.n; k++)
        n += f->votes.p[k].role == role;
    return n >= needed;
}

static bool speaks_as(const vm *m, uint32_t role, text as, text by)
{
    text name = image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, role);
    return (!as.n || path_matches(name, as)) && member_of(m, role, by);
}

/* Who stands in for a role that kept silent; nobody does for a vote. */
static uint32_t deputy_speaks(const vm *m, const fiber *f, const activity *a, text as, text by)
{
    uint32_t role[32];
    instant at[32];
    uint32_t n = a->kind == ACT_APPROVE ? 0 : asking_deputies(m, f, a, role, at, 32);
    for (uint32_t k = 0; k < n; k++)
        if (speaks_as(m, role[k], as, by))
            return role[k];
    return NO_INDEX;
}

static bool has_voted(const vm *m, const fiber *f, text by)
{
    for (size_t k = 0; k < f->votes.n; k++)
        if (text_equal(value_text(m->image, &f->keep, f->votes.p[k].by), by))
            return true;
    return false;
}

/* Author, operator and approver differ. */
static bool is_barred(const vm *m, text by)
{
    return text_equal(by, buffer_view(&m->word[WORD_BY])) ||
           text_equal(by, buffer_view(&m->word[WORD_AUTHOR]));
}

/* How many members of a role could still vote, beyond those that it wants. */
static int64_t spare(const vm *m, const fiber *f, const uint32_t pair[2])
{
    uint32_t first, n = members(m->image, pair[0], &first);
    int64_t free = -(int64_t)pair[1];
    for (uint32_t k = 0; k < n; k++) {
        text name = image_text(m->image, (uint32_t)image_element(m->image, TABLE_ROLE,
                                                                 COLUMN_ROLE_MEMBERS, first + k));
        free += !is_barred(m, name) && !has_voted(m, f, name);
    }
    for (size_t v = 0; v < f->votes.n; v++)
        free += f->votes.p[v].role == pair[0];
    return free;
}

/* A member of several roles votes for the one that lacks a vote and has the fewest others who could
 * give it: else a later voter might find only a role that has enough. */
uint32_t speak_role(const vm *m, const fiber *f, const activity *a, const json_document *d,
                    arena *scratch)
{
    uint32_t n, single[2], full = NO_INDEX, wanting = NO_INDEX;
    int64_t least = 0;
    const uint32_t *pair = asked_roles(m, a, &n, single);
    text role = command_text(d, "role", scratch), by = command_text(d, "by", scratch);
    for (uint32_t k = 0; k < n; k++) {
        if (!speaks_as(m, pair[2 * k], role, by))
            continue;
        if (a->kind != ACT_APPROVE)
            return pair[2 * k];
        if (has_votes(f, pair[2 * k], pair[2 * k + 1]))
            full = pair[2 * k];
        else if (wanting == NO_INDEX || spare(m, f, &pair[2 * k]) < least) {
            wanting = pair[2 * k];
            least = spare(m, f, &pair[2 * k]);
        }
    }
    if (wanting != NO_INDEX)
        return wanting;
    return full == NO_INDEX ? deputy_speaks(m, f, a, role, by) : full;
}

/* "bob, eve": who may still say it, of the roles that lack somebody. */
static const char *who_may(const vm *m, const fiber *f, const activity *a, arena *scratch)
{
    uint32_t n, single[2];
    const uint32_t *pair = asked_roles(m, a, &n, single);
    bool votes = a->kind == ACT_APPROVE;
    buffer b;
    buffer_init(&b);
    for (uint32_t r = 0; r < n; r++) {
        uint32_t first, count = members(m->image, pair[2 * r], &first);
        for (uint32_t k = 0; k < count; k++) {
            text name =
                image_text(m->image, (uint32_t)image_element(m->image, TABLE_ROLE,
                                                             COLUMN_ROLE_MEMBERS, first + k));
            if (votes && (has_votes(f, pair[2 * r], pair[2 * r + 1]) || is_barred(m, name) ||
                          has_voted(m, f, name)))
                continue;
            buffer_printf(&b, "%s%.*s", b.n ? ", " : "", TEXT_ARG(name));
        }
    }
    const char *s = text_format(scratch, "%s", b.n ? buffer_string(&b) : "somebody else").p;
    buffer_release(&b);
    return s;
}

static const char *not_asked(const vm *m, const fiber *f, const activity *a, text by, text role,
                             arena *scratch)
{
    uint32_t n, single[2];
    const uint32_t *pair = asked_roles(m, a, &n, single);
    text first = image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, pair[0]);
    if (role.n) {
        const char *asked = "";
        for (uint32_t k = 0; k < n; k++)
            asked = text_format(scratch, "%s%s%.*s", asked, k ? ", " : "",
                                TEXT_ARG(image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME,
                                                          pair[2 * k])))
                        .p;
        return text_format(scratch, "%.*s does not speak as %.*s here; asked: %s; ask: %s",
                           TEXT_ARG(by), TEXT_ARG(role), asked, who_may(m, f, a, scratch))
            .p;
    }
    return text_format(scratch, "%.*s is not a member of %.*s%s; ask: %s", TEXT_ARG(by),
                       TEXT_ARG(first), n > 1 ? " or another role that is asked" : "",
                       who_may(m, f, a, scratch))
        .p;
}

/* A given of a test speaks for nobody. */
static bool speaks_for_nobody(const vm *m, text by)
{
    return !by.n && text_is(buffer_view(&m->word[WORD_MODE]), "script");
}

static const char *may_approve(const vm *m, const fiber *f, const activity *a, text by,
                               arena *scratch)
{
    const char *why = NULL;
    if (!by.n)
        return speaks_for_nobody(m, by) ? NULL : "an approval says who gives it: add --by NAME";
    if (text_equal(by, buffer_view(&m->word[WORD_BY])))
        why = "started this run and cannot approve in it";
    else if (is_barred(m, by))
        why = "is the author and cannot approve";
    else if (has_voted(m, f, by))
        why = "has voted already";
    return why ? text_format(scratch, "%.*s %s; ask: %s", TEXT_ARG(by), why,
                             who_may(m, f, a, scratch))
                     .p
               : NULL;
}

/* A task that wants evidence is done only with some. */
static const char *lacks_evidence(const vm *m, const activity *a, const json_document *d, text by,
                                  arena *scratch)
{
    uint32_t wanted = a->kind == ACT_TASK ? m->image->sites[a->site].evidence : NO_INDEX;
    uint32_t node = json_member(d, 0, TEXT("evidence"));
    if (wanted == NO_INDEX || speaks_for_nobody(m, by))
        return NULL;
    uint32_t n = node && d->node[node].kind == JSON_OBJECT ? d->node[node].count : 0;
    for (uint32_t k = 0, at = node + 1; k < n; k++, at = d->node[at].next)
        if (d->node[at].kind == JSON_TEXT && json_text(scratch, d, at).n)
            return NULL;
    return text_format(scratch, "the task wants evidence, %.*s: add --evidence NAME=VALUE",
                       TEXT_ARG(image_text(m->image, wanted)))
        .p;
}

const char *speak_refused(const vm *m, const fiber *f, const activity *a, const json_document *d,
                          arena *scratch)
{
    uint32_t n, single[2];
    asked_roles(m, a, &n, single);
    text by = command_text(d, "by", scratch), role = command_text(d, "role", scratch);
    if (n && speak_role(m, f, a, d, scratch) == NO_INDEX)
        return not_asked(m, f, a, by, role, scratch);
    const char *why = lacks_evidence(m, a, d, by, scratch);
    if (!why && command_text(d, "condition", scratch).n &&
        !(a->kind == ACT_APPROVE && m->image->sites[a->site].flags & SITE_CONDITIONS))
        why = "no conditions are allowed here: approve, or reject and say why";
    return why || a->kind != ACT_APPROVE ? why : may_approve(m, f, a, by, scratch);
}

/* --- before a run begins --- */

enum { ROLE_SEATS = 1024 }; /* members of all roles of an approval that are looked at */

typedef struct {
    const image *image;
    text barred[2];
    int64_t person[ROLE_SEATS], absent[2];
    uint32_t people, absent_count;
} electorate;

/* The members of a role as numbers of their texts, which are unique in an image. */
static seat role_seat(electorate *e, uint32_t role)
{
    uint32_t first, n = members(e->image, role, &first), from = e->people;
    for (uint32_t k = 0; k < n && e->people < ROLE_SEATS; k++) {
        int64_t id = image_element(e->image, TABLE_ROLE, COLUMN_ROLE_MEMBERS, first + k);
        for (int b = 0; b < 2; b++)
            if (e->barred[b].n && text_equal(image_text(e->image, (uint32_t)id), e->barred[b]) &&
                !seating_has(e->absent, e->absent_count, id))
                e->absent[e->absent_count++] = id;
        e->person[e->people++] = id;
    }
    return (seat){&e->person[from], e->people - from};
}

/* Whether the approval of a site lacks somebody. A role without members is anybody; what is more
 * than can be counted is left to the night. */
static bool site_lacks(electorate *e, const image_site *s)
{
    seat seats[SEATS];
    uint32_t n = 0, pairs = s->votes == NO_INDEX ? 0 : e->image->words[s->votes];
    const uint32_t *pair = pairs ? &e->image->words[s->votes + 1] : NULL;
    e->people = e->absent_count = 0;
    for (uint32_t k = 0; k < pairs; k++) {
        seat of = role_seat(e, pair[2 * k]);
        if (!of.n || e->people == ROLE_SEATS || n + pair[2 * k + 1] > SEATS)
            return false;
        for (uint32_t v = 0; v < pair[2 * k + 1]; v++)
            seats[n++] = of;
    }
    return e->absent_count && seating_taken(seats, n, e->absent, e->absent_count) < n;
}

static const char *lacking(electorate *e, const image_site *s, arena *scratch)
{
    buffer who;
    buffer_init(&who);
    bool starts = false;
    for (uint32_t k = 0; k < e->absent_count; k++) {
        text name = image_text(e->image, (uint32_t)e->absent[k]);
        bool by = text_equal(name, e->barred[0]);
        starts = starts || by;
        buffer_printf(&who, "%s%.*s, who %s", k ? ", and " : "", TEXT_ARG(name),
                      by ? "starts the run" : "wrote the program");
    }
    text why = text_format(scratch, "the approval `%.*s` cannot be given without %.*s%s",
                           TEXT_ARG(image_text(e->image, s->name)), TEXT_ARG(buffer_view(&who)),
                           starts ? ": let somebody else start it" : "");
    buffer_release(&who);
    return why.p;
}

const char *speak_start_refused(const image *i, uint32_t migration, text by, text author,
                                arena *scratch)
{
    bool *reached = arena_array(scratch, bool, i->function_count);
    electorate *e = arena_new(scratch, electorate);
    *e = (electorate){.image = i, .barred = {by, author}};
    image_reach(i, migration, reached);
    for (uint32_t f = 0; f < i->function_count; f++)
        for (uint32_t k = 0; reached[f] && k < i->functions[f].instructions; k++) {
            const insn *x = &i->code[i->functions[f].code + k];
            if (x->op == OP_APPROVE && site_lacks(e, &i->sites[x->b]))
                return lacking(e, &i->sites[x->b], scratch);
        }
    return NULL;
}
