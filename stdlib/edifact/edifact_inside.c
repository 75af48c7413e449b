/* edifact_inside.c: chooses the messages that the directories of the UN know. */
#include "stdlib/edifact/edifact_inside.h"

#include <string.h>

edifact_place edifact_inside_at(const edifact_inside *in, text tag)
{
    const edifact_message *m = &in->file->message[in->message];
    edifact_place p = {.level = EDIFACT_MESSAGE,
                       .interchange = m->interchange,
                       .group = m->group,
                       .message = in->message,
                       .segment = in->segment};
    memcpy(p.tag, tag.p, tag.n < 3 ? tag.n : 3);
    return p;
}

/* Drafts of the UN from D.94B to D.24A, and CONTRL. */
static bool is_known_release(text version, text release)
{
    if (!text_is(version, "D") || release.n != 3 || release.p[0] < '0' || release.p[0] > '9' ||
        release.p[1] < '0' || release.p[1] > '9' || release.p[2] < 'A' || release.p[2] > 'C')
        return false;
    int year = (release.p[0] - '0') * 10 + release.p[1] - '0';
    return year <= 24 || year > 94 || (year == 94 && release.p[2] >= 'B');
}

static bool is_known(const edifact_inside *in, const edifact_message *m)
{
    text header = edifact_message_header(in->file, m);
    const edifact_separators *by = edifact_separators_of(in->file, m);
    text identifier = edifact_element(header, by, 2);
    if (in->file->interchange[m->interchange].dialect != EDIFACT_BATCH || m->package ||
        !text_is(edifact_component(identifier, by, 4), "UN"))
        return false;
    return text_is(edifact_component(identifier, by, 1), "CONTRL") ||
           is_known_release(edifact_component(identifier, by, 2),
                            edifact_component(identifier, by, 3));
}

static void check_message(edifact_inside *in, const edifact_message *m)
{
    text segment;
    edifact_order order;
    edifact_walk_message(&in->walk, in->file, m);
    edifact_next(&in->walk, &segment);
    edifact_order_start(in, &order);
    for (in->segment = 2; edifact_next(&in->walk, &segment); in->segment++) {
        if (m->closed && in->segment == m->segments) {
            edifact_order_end(&order, segment);
            return;
        }
        text tag = edifact_tag(segment, &in->walk.by);
        edifact_order_take(&order, tag, segment);
        edifact_needed_check(in, tag, segment);
    }
}

void edifact_check_messages(arena *a, edifact_file *f)
{
    if (f->inside_checked || !f->messages)
        return;
    f->inside_checked = true;
    edifact_inside *in = arena_new(a, edifact_inside);
    in->file = f;
    edifact_resume(a, f, &in->reader);
    edifact_needed_start(in);
    for (; in->message < f->messages && in->reader.faults.n < EDIFACT_FAULTS_MOST; in->message++)
        if (is_known(in, &f->message[in->message]))
            check_message(in, &f->message[in->message]);
    edifact_end_resumed(&in->reader, f);
}
