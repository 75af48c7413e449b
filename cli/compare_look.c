/* compare_look.c: see compare_look.h. */
#include "cli/compare_look.h"

#include "cli/render_compare.h"

typedef struct {
    cli *c;
    buffer line;
    compare_view view;
    size_t compared, differ;
} look;

static void look_at(void *context, const compare_pair *p, size_t done, size_t all)
{
    look *k = context;
    bool both = p->legacy_name.p && p->modern_name.p && p->evidence <= EVIDENCE_FILE;
    (void)done, (void)all;
    if (!both || (p->verdict != VERDICT_MATCHED && p->verdict != VERDICT_DIFFERENT))
        return;
    k->compared++;
    if (p->verdict == VERDICT_MATCHED)
        return;
    if (k->differ++ < LOOK_SHOWN)
        compare_form_text.pair(&k->view, p);
}

/* The first files, until they have so many bytes. */
static compare_paths first_of(arena *a, const compare_paths *all)
{
    compare_path *file = arena_array(a, compare_path, all->files);
    size_t n = 0, bytes = 0;
    for (size_t i = 0; i < all->files && bytes < LOOK_BYTES; i++) {
        if (all->file[i].size > LOOK_LARGEST)
            continue;
        file[n++] = all->file[i];
        bytes += all->file[i].size;
    }
    return (compare_paths){file, n};
}

/* Both in the order of their names. */
static compare_paths of_same_names(arena *a, const compare_paths *all, const compare_paths *as)
{
    compare_path *file = arena_array(a, compare_path, as->files);
    size_t n = 0, at = 0;
    for (size_t i = 0; i < as->files; i++) {
        while (at < all->files && text_compare(all->file[at].name, as->file[i].name) < 0)
            at++;
        if (at < all->files && text_equal(all->file[at].name, as->file[i].name) &&
            all->file[at].size <= LOOK_LARGEST)
            file[n++] = all->file[at];
    }
    return (compare_paths){file, n};
}

void compare_look(cli *c, const compare_options *o, const compare_paths *legacy,
                  const compare_paths *modern)
{
    arena a = {0};
    look k = {.c = c, .view = {.t = &c->err}};
    compare_sink sink = {
        .pair = look_at, .context = &k, .only_defects = true, .only_different = true};
    compare_result r;
    compare_paths l = first_of(&a, legacy), m = of_same_names(&a, modern, &l);
    if (!m.files)
        m = first_of(&a, modern);
    k.view.out = &k.line;
    if ((legacy->files > 1 || modern->files > 1) && l.files && m.files) {
        compare_each_file(&a, o, &l, &m, &sink, &r);
        cli_say(c, "a first look at %zu of %zu files: %zu of %zu documents differ%s", l.files,
                legacy->files, k.differ, k.compared,
                k.differ > LOOK_SHOWN ? "; the first of them:"
                : k.differ            ? ":"
                                      : "");
        cli_show(c, &k.line);
    }
    buffer_release(&k.line);
    arena_release(&a);
}
