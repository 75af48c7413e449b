/* cmd_diff.c: `ferry diff OLD NEW`: what a change of the sources changes on the night.
 *
 * OLD and NEW are sources, or images, of which less is known (image_plan.h). `REV:FILE` is the file
 * at a revision of git: what that revision holds is unpacked into a folder of its own, so that the
 * files it uses are those of the revision, too.
 */
#include "cli/clock.h"
#include "cli/git.h"
#include "cli/image_plan.h"
#include "cli/plan_rows.h"
#include "cli/render_diff.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    program p;
    const char *named;
    char folder[32]; /* of an unpacked revision; empty: none */
} side;

static int remove_one(const char *path, const struct stat *s, int what, struct FTW *at)
{
    (void)s, (void)what, (void)at;
    return remove(path);
}

static void side_release(side *s)
{
    program_release(&s->p);
    if (*s->folder)
        nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* "main:playbooks/acme.ferry", where no file has that very name. */
static const char *file_of_revision(const char *named)
{
    const char *colon = strchr(named, ':');
    return colon && colon != named && access(named, F_OK) != 0 ? colon + 1 : NULL;
}

static exit_code side_open(cli *c, side *s, const char *named)
{
    const char *file = file_of_revision(named);
    *s = (side){.named = named};
    const char *path = named;
    if (file) {
        text revision = text_copy(&c->memory, (text){named, (size_t)(file - 1 - named)});
        snprintf(s->folder, sizeof s->folder, "/tmp/ferry-diff.XXXXXX");
        if (!mkdtemp(s->folder)) {
            *s->folder = 0;
            cli_error(c, NULL, "cannot make a folder for %s", named);
            return CODE_REFUSED;
        }
        if (!git_unpack(revision.p, s->folder)) {
            cli_error(c, "a revision is what `git show` takes: main, HEAD~1, 81f2c1e",
                      "git does not know the revision `%.*s` here", TEXT_ARG(revision));
            return CODE_ERRORS;
        }
        path = text_format(&c->memory, "%s/%s", s->folder, file).p;
    }
    return program_open_planned(c, &s->p, path);
}

static const plan_migration *named(const program *p, text name)
{
    for (size_t i = 0; i < p->facts.migration_count; i++)
        if (text_equal(p->facts.migrations[i].name, name))
            return &p->facts.migrations[i];
    return NULL;
}

typedef struct {
    cli *c;
    const program *old, *new;
    json_writer w;
    size_t told;
} report;

static void page_put(report *r, text name, const char *note, const diff_list *list)
{
    diff_page page = {r->old, r->new, name, note, list};
    cli *c = r->c;
    r->told += list->changes.n + (note != NULL);
    if (c->form == FORM_JSON) {
        render_diff_json(&r->w, &page);
        return;
    }
    if (c->form == FORM_MARKDOWN) {
        render_diff_markdown(&c->result, &page);
        buffer_char(&c->result, '\n');
        return;
    }
    render_diff(&c->result, &c->out, &page);
}

/* The numbers of a condition are told by the condition, where its text has changed. */
static bool told_by_condition(const diff_list *d, const diff_change *x)
{
    for (size_t i = 0; text_is(x->what, IMAGE_PLAN_NUMBERS) && i < d->changes.n; i++) {
        const diff_change *y = &d->changes.p[i];
        if (y != x && text_equal(x->path, y->path) && !text_is(y->what, IMAGE_PLAN_NUMBERS) &&
            (text_starts(y->what, TEXT("require")) || text_starts(y->what, TEXT("wait until")) ||
             memmem(y->what.p, y->what.n, " when", 5)))
            return true;
    }
    return false;
}

/* An image holds no plan: what its code says is compared, on both sides. */
static void compare_entry(report *r, const image_entry *a, const image_entry *b, instant from)
{
    diff_list d = {.c = r->c};
    plan_migration was, is;
    image_plan(r->c, r->old->image, a, &was);
    image_plan(r->c, r->new->image, b, &is);
    diff_migration(&d, r->old, &was, r->new, &is, from);
    size_t kept = 0;
    for (size_t i = 0; i < d.changes.n; i++) {
        diff_change *x = &d.changes.p[i];
        x->of = NULL; /* nothing here has a place in a source */
        if (!told_by_condition(&d, x))
            d.changes.p[kept++] = *x;
    }
    d.changes.n = kept;
    if (d.changes.n)
        page_put(r, is.name, NULL, &d);
    vec_release(&d.changes);
}

static void compare_entries(report *r, instant from)
{
    const image *a = r->old->image, *b = r->new->image;
    diff_list none = {.c = r->c};
    for (uint32_t i = 0; i < b->entry_count; i++) {
        text name = image_text(b, b->entries[i].name);
        uint32_t was = image_find_entry(a, name);
        if (was == NO_INDEX)
            page_put(r, name, "new", &none);
        else
            compare_entry(r, &a->entries[was], &b->entries[i], from);
    }
    for (uint32_t i = 0; i < a->entry_count; i++)
        if (image_find_entry(b, image_text(a, a->entries[i].name)) == NO_INDEX)
            page_put(r, image_text(a, a->entries[i].name), "gone", &none);
}

static void compare_data(report *r)
{
    diff_list data = {.c = r->c};
    diff_data(&data, r->old->image, r->new->image);
    if (r->old->from_image || r->new->from_image)
        diff_windows(&data, r->old->image, r->new->image);
    if (data.changes.n)
        page_put(r, TEXT(""), NULL, &data);
    vec_release(&data.changes);
}

/* The first is the program, the second what the table of its differences is made of. */
static void compare(report *r, instant from)
{
    for (size_t i = 0; i < r->new->facts.migration_count; i++) {
        const plan_migration *b = &r->new->facts.migrations[i], *a = named(r->old, b->name);
        diff_list d = {.c = r->c};
        if (a)
            diff_migration(&d, r->old, a, r->new, b, from);
        page_put(r, b->name, a ? NULL : "new", &d);
        vec_release(&d.changes);
    }
    for (size_t i = 0; i < r->old->facts.migration_count; i++) {
        diff_list none = {.c = r->c};
        if (!named(r->new, r->old->facts.migrations[i].name))
            page_put(r, r->old->facts.migrations[i].name, "gone", &none);
    }
}

static void head(report *r, bool same)
{
    cli *c = r->c;
    buffer was = {0}, is = {0};
    diff_hash(r->old, &was);
    diff_hash(r->new, &is);
    if (c->form == FORM_JSON) {
        json_put_key(&r->w, "old");
        program_hash(r->old->image, &was);
        json_put_text(&r->w, text_slice(buffer_view(&was), 8, was.n));
        json_put_key(&r->w, "new");
        program_hash(r->new->image, &is);
        json_put_text(&r->w, text_slice(buffer_view(&is), 8, is.n));
        json_add_bool(&r->w, "same", same);
    } else {
        bool md = c->form == FORM_MARKDOWN;
        const char *fence = md ? "`" : "";
        buffer_printf(&c->result, "%sprogram %s%.*s%s",
                      md ? "## What changes on the night\n\n" : "", fence,
                      TEXT_ARG(buffer_view(&was)), fence);
        if (same)
            buffer_cstr(&c->result, ": the same; comments and layout are not part of it\n");
        else
            buffer_printf(&c->result, " %s %s%.*s%s; approvals of %s%.*s%s do not carry over\n%s",
                          md ? "→" : term_glyph(&c->out, GLYPH_ARROW), fence,
                          TEXT_ARG(buffer_view(&is)), fence, fence, TEXT_ARG(buffer_view(&was)),
                          fence, md ? "\n" : "");
    }
    buffer_release(&was);
    buffer_release(&is);
}

static exit_code show(cli *c, const program *old, const program *new, instant from)
{
    report r = {.c = c, .old = old, .new = new};
    bool same = memcmp(&old->image->hash, &new->image->hash, sizeof(sha256)) == 0;
    if (c->json)
        cli_json_begin(c, &r.w);
    head(&r, same);
    if (c->json)
        json_add_array(&r.w, "migrations");
    if (!same && (old->from_image || new->from_image))
        compare_entries(&r, from);
    else if (!same)
        compare(&r, from);
    if (!same)
        compare_data(&r);
    if (!same && !r.told) { /* never silence about another hash */
        diff_list d = {.c = c};
        diff_add(&d, DIFF_CHANGED, NULL, NULL,
                 "what the plan does not show: compare `ferry disasm`", TEXT(""), TEXT("of both"));
        page_put(&r, TEXT(""), NULL, &d);
        vec_release(&d.changes);
    }
    if (c->json) {
        json_array_end(&r.w);
        cli_json_end(c, &r.w);
    }
    return same ? CODE_DONE : CODE_DIFFERENT;
}

exit_code command_diff(cli *c)
{
    side old = {.named = NULL}, new = {.named = NULL};
    instant from = clock_now();
    exit_code code = cli_expect_operands(c, 2, 2);
    if (code != CODE_DONE)
        return code;
    code = side_open(c, &old, cli_operand(c, 0));
    if (code == CODE_DONE)
        code = side_open(c, &new, cli_operand(c, 1));
    const char *at = option_value(&c->options, OPT_at);
    if (code == CODE_DONE && at && !clock_read(text_of(at), clock_zone(c, new.p.image), &from))
        code = cli_usage(c, "`--at` is a time like 2027-03-13, not `%s`", at);
    if (code == CODE_DONE)
        code = show(c, &old.p, &new.p, from);
    side_release(&old);
    side_release(&new);
    return code;
}
