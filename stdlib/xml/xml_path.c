/* xml_path.c: the subset of XPath that keys and rules are written in: where a path leads, and
 * whether a place is one that a path means. */
#include "stdlib/xml/xml_read.h"

typedef struct {
    bool anywhere, attribute; /* "//b", "@b" */
    text local;               /* "*": any */
    uint32_t nth;             /* 0: any */
} path_step;

static uint32_t number_in(text t)
{
    uint32_t n = 0;
    for (size_t i = 0; i < t.n && t.p[i] >= '0' && t.p[i] <= '9' && n < 100000000; i++)
        n = n * 10 + (uint32_t)(t.p[i] - '0');
    return n;
}

/* Cuts the next step off *path; false at its end or where it is no path. */
static bool take_step(text *path, path_step *out)
{
    *out = (path_step){.anywhere = text_starts(*path, TEXT("//"))};
    while (path->n && path->p[0] == '/')
        *path = text_slice(*path, 1, path->n);
    ptrdiff_t slash = text_find(*path, '/');
    size_t n = slash < 0 ? path->n : (size_t)slash;
    text one = text_slice(*path, 0, n);
    *path = text_slice(*path, n, path->n);
    out->attribute = text_starts(one, TEXT("@"));
    ptrdiff_t bracket = text_find(one, '['), colon = text_find(one, ':');
    if (bracket >= 0) {
        out->nth = number_in(text_slice(one, (size_t)bracket + 1, one.n));
        one = text_slice(one, 0, (size_t)bracket);
    }
    out->local = text_slice(one, colon < 0 ? out->attribute : (size_t)colon + 1, one.n);
    return out->local.n > 0;
}

static bool fits(const xml_document *d, uint32_t node, const path_step *s)
{
    return d->node[node].kind == (s->attribute ? XML_ATTRIBUTE : XML_ELEMENT) &&
           (text_is(s->local, "*") || text_equal(d->name[d->node[node].name].local, s->local));
}

typedef struct {
    const xml_document *d;
    xml_visit *visit;
    void *self;
    uint64_t last; /* place of the last visited, behind it; a node that two ways lead to is visited
                      once */
} search;

static bool go(search *s, uint32_t from, text path);

typedef bool looking(search *s, uint32_t node, const path_step *step, text rest);

/* Looks into a folded element, as long as that takes. */
static bool look_inside(search *s, uint32_t node, const path_step *step, text rest, looking *look)
{
    const xml_document *outside = s->d;
    arena inside = {0};
    xml_document d;
    xml_unfold(&inside, outside, node, &d);
    s->d = &d;
    bool more = look(s, 0, step, rest);
    s->d = outside;
    arena_release(&inside);
    return more;
}

/* Children of one element; `[n]` counts among those of the name. */
static bool among_children(search *s, uint32_t parent, const path_step *step, text rest)
{
    uint32_t nth = 0;
    if (s->d->node[parent].folded)
        return look_inside(s, parent, step, rest, among_children);
    for (uint32_t i = parent + 1; i < s->d->node[parent].next; i = s->d->node[i].next)
        if (fits(s->d, i, step) && (++nth == step->nth || !step->nth) && !go(s, i, rest))
            return false;
    return true;
}

static bool anywhere_below(search *s, uint32_t from, const path_step *step, text rest)
{
    for (uint32_t i = from; i < s->d->node[from].next; i++) {
        const xml_node *n = &s->d->node[i];
        if (n->folded && !look_inside(s, i, step, rest, anywhere_below))
            return false;
        if (n->next > i + 1 && !among_children(s, i, step, rest))
            return false;
    }
    return true;
}

/* Recurses as deep as the path has steps; false once the visitor wants no more. */
static bool go(search *s, uint32_t from, text path)
{
    path_step step;
    if (path.n == 0) {
        uint64_t place = s->d->node[from].start + UINT64_C(1);
        bool again = place <= s->last;
        s->last = again ? s->last : place;
        return again || s->visit(s->self, s->d, from);
    }
    if (!take_step(&path, &step))
        return true;
    return step.anywhere ? anywhere_below(s, from, &step, path)
                         : among_children(s, from, &step, path);
}

void xml_each(const xml_document *d, uint32_t from, text path, xml_visit *visit, void *self)
{
    search s = {.d = d, .visit = visit, .self = self};
    if (d->nodes && path.n)
        go(&s, path.p[0] == '/' ? 0 : from, path);
}

static bool take_first(void *self, const xml_document *d, uint32_t node)
{
    (void)d;
    *(uint32_t *)self = node;
    return false;
}

uint32_t xml_follow(const xml_document *d, uint32_t from, text path)
{
    uint32_t found = 0;
    xml_each(d, from, path, take_first, &found);
    return found;
}

uint32_t xml_child(const xml_document *d, uint32_t parent, text name)
{
    path_step s = {.attribute = text_starts(name, TEXT("@"))};
    s.local = text_slice(name, s.attribute, name.n);
    for (uint32_t i = parent + 1; i < d->node[parent].next; i = d->node[i].next)
        if (fits(d, i, &s))
            return i;
    return 0;
}

/* A path as shown has a number only where there are several. */
static bool step_means(const path_step *s, const path_step *at)
{
    return s->attribute == at->attribute && (!s->nth || s->nth == (at->nth ? at->nth : 1)) &&
           (text_is(s->local, "*") || text_equal(s->local, at->local));
}

/* Recurses as deep as `path` has "//". */
bool xml_path_means(text path, text place)
{
    path_step want, at;
    if (path.n == 0)
        return true;
    if (!take_step(&path, &want))
        return false;
    while (take_step(&place, &at)) {
        if (step_means(&want, &at) && xml_path_means(path, place))
            return true;
        if (!want.anywhere)
            return false;
    }
    return false;
}
