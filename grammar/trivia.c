/* trivia.c: see trivia.h. The filter's words and the scanner's comments are merged by place; line
 * breaks are counted in the bytes between. */
#include "grammar/trivia.h"
#include "grammar/parser.h"

#include <string.h>

static void add(pieces *out, text bytes, uint32_t *end, piece q)
{
    text between = text_slice(bytes, *end, q.at.start);
    unsigned breaks = 0;
    for (size_t i = 0; i < between.n; i++)
        breaks += between.p[i] == '\n';
    q.line = breaks > 0 || *end == 0;
    q.blank = breaks > 1;
    q.gap = between.n > 0;
    *end = q.at.end;
    vec_push(out, q);
}

static void read_comments(pieces *out, text bytes)
{
    scan s;
    scan_open(&s, bytes, 0, NULL);
    s.keep_comments = true;
    token t;
    for (scan_next(&s, &t); t.kind != TOK_YYEOF; scan_next(&s, &t))
        if (t.kind == TOK_COMMENT && !s.texts)
            vec_push(out, (piece){.kind = TOK_COMMENT, .at = t.at});
    scan_close(&s);
}

void trivia_read(pieces *out, text bytes)
{
    pieces comments = {0};
    read_comments(&comments, bytes);
    words w;
    words_open(&w, bytes, 0, false, NULL);
    w.plain = true; /* what is formatted has no faults: nothing is mended that the parser took */
    uint32_t end = 0, texts = 0;
    size_t c = 0;
    bool starts = true;
    word t;
    for (words_next(&w, &t); t.kind != TOK_YYEOF; words_next(&w, &t)) {
        if (t.kind == TOK_NL || t.kind == TOK_START_FILE) {
            starts = true;
            continue;
        }
        texts -= t.kind == TOK_TAIL;
        if (t.kind == TOK_TAIL && !texts)
            vec_last(out).at.end = end = t.at.end;
        else if (!texts && t.kind != TOK_TAIL) {
            for (; c < comments.n && comments.p[c].at.start < t.at.start; c++)
                add(out, bytes, &end, comments.p[c]);
            add(out, bytes, &end, (piece){.kind = t.kind, .at = t.at, .starts = starts});
            starts = t.kind == TOK_LBLOCK;
        }
        texts += t.kind == TOK_HEAD;
    }
    for (; c < comments.n; c++)
        add(out, bytes, &end, comments.p[c]);
    words_close(&w);
    vec_release(&comments);
}
