/* explain.c: see explain.h.
 *
 * The expected tokens are many where a value may stand or go on, so they are said in groups: what
 * may begin a value is "a value", what may go on with one is left out unless nothing else is
 * expected.
 */
#include "grammar/explain.h"
#include "grammar/habits.h"
#include "grammar/parser.h"

#include <ctype.h>
#include <string.h>

static const char *const signs[] = {
    [TOK_LPAREN - TOK_LPAREN] = "(",   [TOK_RPAREN - TOK_LPAREN] = ")",
    [TOK_LBRACKET - TOK_LPAREN] = "[", [TOK_RBRACKET - TOK_LPAREN] = "]",
    [TOK_LBRACE - TOK_LPAREN] = "{",   [TOK_RBRACE - TOK_LPAREN] = "}",
    [TOK_LBLOCK - TOK_LPAREN] = "{",   [TOK_RBLOCK - TOK_LPAREN] = "}",
    [TOK_COMMA - TOK_LPAREN] = ",",    [TOK_DOT - TOK_LPAREN] = ".",
    [TOK_COLON - TOK_LPAREN] = ":",    [TOK_ASSIGN - TOK_LPAREN] = "=",
    [TOK_OPTIONAL - TOK_LPAREN] = "?",
};

static const struct {
    int kind;
    const char *spelling;
} keywords[] = {
#define WORD(word, token, place, trait) {TOK_##token, word},
#include "grammar/keywords.def"
};

static const char *keyword_text(int kind)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (keywords[i].kind == kind)
            return keywords[i].spelling;
    return NULL;
}

bool explain_ends_skip(int kind)
{
    switch (kind) {
    case TOK_YYEOF:
    case TOK_NL:
    case TOK_RPAREN:
    case TOK_RBRACKET:
    case TOK_RBRACE:
    case TOK_RBLOCK:
    case TOK_LBLOCK:
    case TOK_MID:
    case TOK_TAIL: return true;
    default: return false;
    }
}

static bool has(const int *expected, unsigned n, int kind)
{
    for (unsigned i = 0; i < n; i++)
        if (expected[i] == kind)
            return true;
    return false;
}

typedef struct {
    const int *kinds;
    unsigned n;
    const char *phrase[8];
    unsigned phrases;
    char quoted[8][24];
} expectation;

static void say(expectation *e, const char *phrase)
{
    if (e->phrases < 8)
        e->phrase[e->phrases++] = phrase;
}

static void say_quoted(expectation *e, const char *spelling)
{
    if (!spelling || e->phrases >= 8)
        return;
    char *q = e->quoted[e->phrases];
    size_t n = strlen(spelling);
    q[0] = '`';
    memcpy(q + 1, spelling, n);
    memcpy(q + 1 + n, "`", 2);
    say(e, q);
}

static bool expects(const expectation *e, int kind)
{
    return has(e->kinds, e->n, kind);
}

/* Signs and words that are worth naming one by one. */
static void say_words(expectation *e)
{
    bool value = expects(e, TOK_NUMBER), goes_on = expects(e, TOK_PLUS);
    for (unsigned i = 0; i < e->n; i++) {
        int kind = e->kinds[i];
        bool sign = kind == TOK_COMMA || kind == TOK_COLON || kind == TOK_ASSIGN ||
                    kind == TOK_RPAREN || kind == TOK_RBRACKET || kind == TOK_RBRACE ||
                    (!goes_on && !value && (kind == TOK_LPAREN || kind == TOK_DOT));
        if (sign)
            say_quoted(e, signs[kind - TOK_LPAREN]);
        bool joins = kind == TOK_AND || kind == TOK_OR || kind == TOK_OF || kind == TOK_PER ||
                     (kind == TOK_IN && goes_on && expects(e, TOK_EQ));
        bool begins = value && (kind == TOK_NOT || kind == TOK_IF || kind == TOK_TRUE ||
                                kind == TOK_FALSE || kind == TOK_ABSENT);
        if (kind > TOK_FIRST_WORD && !joins && !begins)
            say_quoted(e, keyword_text(kind));
    }
}

static void say_expected(expectation *e)
{
    if (expects(e, TOK_NL) && expects(e, TOK_TIMES) && expects(e, TOK_TO)) {
        say(e, "the end of the line"); /* a value is over: a range is not what was forgotten */
        return;
    }
    if (expects(e, TOK_LET)) {
        say(e, expects(e, TOK_LANGUAGE) ? "a declaration" : "a statement");
        return;
    }
    if (expects(e, TOK_NUMBER) && expects(e, TOK_TEXT))
        say(e, "a value");
    else if (expects(e, TOK_TEXT) && !expects(e, TOK_PLUS))
        say(e, "a text");
    else if (expects(e, TOK_NUMBER))
        say(e, "a number");
    if (expects(e, TOK_NAME) && !expects(e, TOK_NUMBER))
        say(e, "a name");
    if (expects(e, TOK_CODE))
        say(e, "a code like W0312");
    say_words(e);
    if (expects(e, TOK_LBLOCK))
        say(e, "a block");
    if (expects(e, TOK_MID) || expects(e, TOK_TAIL))
        say(e, "the `}` of the text");
    if (expects(e, TOK_NL))
        say(e, "the end of the line");
    else if (expects(e, TOK_YYEOF))
        say(e, "the end");
    if (!e->phrases)
        say(e, expects(e, TOK_PLUS) ? "an operator" : "something else");
}

static text found_text(parse *p, int found, span at)
{
    arena *a = p->diags->memory;
    const char *spelling = keyword_text(found);
    if (spelling)
        return text_format(a, "the word `%s`", spelling);
    switch (found) {
    case TOK_NL: return TEXT("the end of the line");
    case TOK_YYEOF: return TEXT("the end of the file");
    case TOK_TEXT:
    case TOK_RAW:
    case TOK_BODY:
    case TOK_HEAD: return TEXT("a text");
    case TOK_MID:
    case TOK_TAIL: return TEXT("the end of `{…}`");
    default: break;
    }
    text bytes = text_slice(p->tree.bytes, at.start - p->tree.base, at.end - p->tree.base);
    if (bytes.n > 32)
        return text_format(a, "`%.*s…`", 30, bytes.p);
    return text_format(a, "`%.*s`", TEXT_ARG(bytes));
}

static text expected_text(parse *p, expectation *e)
{
    buffer b = {0};
    for (unsigned i = 0; i < e->phrases; i++) {
        if (i)
            buffer_cstr(&b, i + 1 == e->phrases ? " or " : ", ");
        buffer_cstr(&b, e->phrase[i]);
    }
    text out = text_copy(p->diags->memory, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static text bytes_at(const parse *p, span at)
{
    return text_slice(p->tree.bytes, at.start - p->tree.base, at.end - p->tree.base);
}

/* A code of a currency or diagnostic where a name is wanted. */
static bool help_small(parse *p, diagnostic *g, const expectation *e, int found, span at)
{
    if (!expects(e, TOK_NAME) || (found != TOK_CURRENCY && found != TOK_CODE))
        return false;
    text wrong = bytes_at(p, at);
    if (text_is(wrong, "UTC") && expects(e, TOK_TEXT)) {
        diag_suggest(p->diags, g, at, TEXT("\"UTC\""), "a zone is a text, and stands in quotes");
        return true;
    }
    char *small = arena_copy(p->diags->memory, wrong.p, wrong.n);
    for (char *c = small; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    diag_suggest(p->diags, g, at, text_of(small), "names have small letters: `%s`", small);
    return true;
}

/* Whether what looks like a value stands behind, as behind the name of a field. */
static bool value_follows(const parse *p, span at)
{
    const char *next = p->tree.bytes.p + (at.end - p->tree.base);
    next += strspn(next, " \t");
    return *next && strchr("\"'[0123456789", *next) != NULL;
}

static bool is_one_of(text t, const char *const *of, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(t, of[i]))
            return true;
    return false;
}

/* How a statement goes on elsewhere, by the word that begins it. */
static bool help_statement(parse *p, diagnostic *g, const expectation *e, int found, span at)
{
    static const char *const later[] = {"depends_on", "depends", "needs", "requires"};
    static const char *const errors[] = {"error", "fail", "fails", "failed", "failing"};
    text own = bytes_at(p, at);
    int first = p->words.first.kind;
    if (found == TOK_NAME && expects(e, TOK_AFTER) && is_one_of(own, later, 4))
        diag_suggest(p->diags, g, at, TEXT("after"), "write `after`");
    else if (found == TOK_NAME && expects(e, TOK_FAILURE) && is_one_of(own, errors, 5))
        diag_suggest(p->diags, g, at, TEXT("failure"), "write `on failure`");
    else if (found == TOK_COLON && first == TOK_REQUIRE && expects(e, TOK_ELSE))
        diag_suggest(p->diags, g, at, TEXT(" else"), "the reason stands behind `else`");
    else if (first == TOK_ROLLBACK && expects(e, TOK_WHEN))
        diag_help_add(p->diags, g,
                      "a step's way back is its field `undo`; `rollback when` watches a condition");
    else if (text_is(own, "when") && (first == TOK_STEP || first == TOK_TASK || first == TOK_PHASE))
        diag_help_add(p->diags, g, "a condition stands around it: if CONDITION { … }");
    else if (text_is(own, "before") && p->words.first.kind == TOK_NAME)
        diag_help_add(p->diags, g, "a moment before another is a difference: window.start - 5d");
    else if (found == TOK_PARALLEL && p->words.first.at.start == at.start)
        diag_help_add(p->diags, g,
                      "phases with `after start` run beside each other; a loop takes `parallel 4`");
    else if (found == TOK_FROM && p->level > 0)
        diag_help_add(p->diags, g,
                      "both ends of a window stand on one line: opens sat 22:00 to sun 06:00");
    else
        return false;
    return true;
}

/* Words of other languages that stand in the middle of a statement. */
static bool help_inside(parse *p, diagnostic *g, const expectation *e, int found, span at)
{
    if (found == TOK_PLUS && expects(e, TOK_VIA))
        diag_help_add(p->diags, g,
                      "texts are not added: values stand in braces, as in \"{c.name} moves\"");
    else if (found == TOK_OPTIONAL && expects(e, TOK_PLUS))
        diag_help_add(p->diags, g, "a choice is written `if CONDITION then A else B`");
    else if (found == TOK_NOT && expects(e, TOK_PLUS))
        diag_help_add(p->diags, g, "`not` stands before the whole: not x in list");
    else if (found == TOK_NAME && expects(e, TOK_NL) && p->level > 0 && value_follows(p, at))
        diag_help_add(p->diags, g, "each field stands on a line of its own");
    else if (found == TOK_COLON && expects(e, TOK_ASSIGN))
        diag_help_add(p->diags, g, "a value has the type of what defines it: let x = 5m");
    else
        return help_statement(p, g, e, found, at);
    return true;
}

/* Words that begin a line inside a block, met where declarations stand. */
static bool help_outside(parse *p, diagnostic *g, const expectation *e, span at)
{
    static const char *const inner[][2] = {{"window", "a migration"},
                                           {"freeze", "a migration"},
                                           {"strategy", "a migration"},
                                           {"waves", "a migration"},
                                           {"channel", "a customer"},
                                           {"phase", "a migration or a playbook"},
                                           {"step", "a phase or a playbook"},
                                           {"task", "a phase or a playbook"},
                                           {"approve", "a phase or a playbook"},
                                           {"require", "a phase or a playbook"}};
    text found = bytes_at(p, at);
    for (size_t i = 0; expects(e, TOK_LANGUAGE) && i < sizeof inner / sizeof *inner; i++)
        if (text_is(found, inner[i][0])) {
            diag_help_add(p->diags, g, "`%s` stands inside the block of %s", inner[i][0],
                          inner[i][1]);
            return true;
        }
    return false;
}

/* What was probably meant. */
static void add_help(parse *p, diagnostic *g, const expectation *e, int found, span at)
{
    const token *first = &p->words.first;
    text bytes = p->tree.bytes;
    if (found == TOK_ASSIGN && expects(e, TOK_EQ)) {
        diag_suggest(p->diags, g, at, TEXT("=="), "did you mean `==`?");
        return;
    }
    if (help_small(p, g, e, found, at) || help_outside(p, g, e, at) ||
        help_inside(p, g, e, found, at) || first->kind != TOK_NAME || first->at.end > at.end)
        return;
    text wrong = bytes_at(p, first->at);
    size_t behind = first->at.end - p->tree.base;
    behind += strspn(bytes.p + behind, " \t");
    if (p->level == 0 && bytes.p[behind] == '=') {
        diag_suggest(p->diags, g, (span){at.start, at.start}, TEXT("let "),
                     "did you mean `let %.*s`?", TEXT_ARG(wrong));
        return;
    }
    text near = words_nearest(wrong, p->level == 0);
    if (near.n)
        diag_suggest(p->diags, g, first->at, near, "did you mean `%.*s`?", TEXT_ARG(near));
    else if (p->level == 0 && words_stands_inside(wrong))
        diag_help_add(p->diags, g, "it stands inside a block, and no block is open here");
}

/* Whether the scanner or filter has already spoken about this token. */
static bool known(const parse *p, int found, span at)
{
    if (p->words.stopped || p->words.scan.deep ||
        (at.start == at.end && found != TOK_NL && found != TOK_YYEOF))
        return true;
    size_t n = p->diags->list.n;
    for (size_t i = n > 4 ? n - 4 : 0; i < n; i++) {
        span s = p->diags->list.p[i]->at;
        if ((s.start == at.start && s.start != s.end) || (found == TOK_NL && s.start >= at.start))
            return true;
    }
    return false;
}

void explain_unexpected(parse *p, int found, span at, const int *expected, unsigned n)
{
    p->failed = true;
    p->level = p->current;
    p->skipping = !explain_ends_skip(found);
    p->skipped = at;
    if (known(p, found, at))
        return;
    const token *first = &p->words.first;
    text head = first->kind == TOK_NAME ? bytes_at(p, first->at) : TEXT("");
    const char *instead = head.n ? habit_instead(head, p->level == 0) : NULL;
    if (instead) {
        diagnostic *g =
            diag_add(p->diags, DIAG_E0101, first->at, "`%.*s` is no word of Ferry", TEXT_ARG(head));
        diag_help_add(p->diags, g, "%s", instead);
        return;
    }
    /* What is missing belongs to the line that is over, not to the brace below it. */
    if ((found == TOK_RBLOCK || found == TOK_RBRACE) && p->words.newline_before) {
        found = TOK_NL;
        at = (span){p->words.end_before, p->words.end_before};
    }
    expectation e = {.kinds = expected, .n = n};
    if (has(expected, n, TOK_LANGUAGE) && words_indented(&p->words, at.start)) {
        if (p->words.outside)
            return;
        p->words.outside = true;
    }
    say_expected(&e);
    text wanted = expected_text(p, &e), what = found_text(p, found, at);
    diagnostic *g = diag_add(p->diags, DIAG_E0101, at, "expected %.*s, found %.*s",
                             TEXT_ARG(wanted), TEXT_ARG(what));
    add_help(p, g, &e, found, at);
}

void explain_exhausted(parse *p, span at)
{
    p->failed = true;
    if (!p->words.stopped && !p->words.plain)
        diag_add(p->diags, DIAG_E0110, at, "this nests too deeply; reading stops here");
}
