/* scan_actions.h: what the rules of ferry.l do, in plain C: tokens and texts in scan.c,
 * what is no Ferry in scan_faults.c. Offsets are into the source. */
#ifndef FERRY_GRAMMAR_SCAN_ACTIONS_H
#define FERRY_GRAMMAR_SCAN_ACTIONS_H

#include "grammar/scan.h"

void scan_check_length(scan *s, uint32_t at, uint32_t length, int kind);
/* Fills *t and returns its kind. */
static inline int scan_token(scan *s, token *t, int kind, uint32_t at, uint32_t length)
{
    if (length > SCAN_NAME)
        scan_check_length(s, at, length, kind);
    *t = (token){kind, {s->base + at, s->base + at + length}, 0, s->newline};
    s->newline = false;
    return kind;
}

/* A line ends. true when that cuts the one-line text whose interpolation is under way: then *t is
 * its TAIL, and the rule has to match the line end once more. */
bool scan_line_end(scan *s, token *t, uint32_t at);

/* Braces. close: true when this one ends an interpolation and the text goes on behind it. */
void scan_brace_open(scan *s);
bool scan_brace_close(scan *s, uint32_t at);

/* Texts: the opening quotes, the closing ones, a brace, a line or file that ends too early. */
void scan_text_begin(scan *s, uint32_t at, bool body);
int scan_text_end(scan *s, token *t, uint32_t at, uint32_t quotes);
int scan_text_brace(scan *s, token *t, uint32_t at);
int scan_text_cut(scan *s, token *t, uint32_t at);

/* Quotes without a second one on their line, `length` bytes up to its end: a text without its
 * closing ones, without its opening ones, or an interpolation without its brace. Says which and
 * returns how many bytes are taken; *t is what they are, of kind 0 for nothing. */
uint32_t scan_lone_quote(scan *s, token *t, uint32_t at, uint32_t length);
/* Says that the text in one-line quotes is not closed and returns the bytes that are probably its
 * own: brackets behind it are left to be read. */
uint32_t scan_cut_short(scan *s, uint32_t at, uint32_t length);

/* A literal that is written as elsewhere (foreign.h): says how Ferry writes it; *t is TOK_FAULTY. */
int scan_foreign(scan *s, token *t, uint32_t at, uint32_t length);

/* A name that is not written as one: reported once, with an edit for each place where it stands. */
void scan_respell(scan *s, uint32_t at, uint32_t length);
bool scan_respelt(const scan *s, text word);

/* Faults. `behind` is the byte behind the token, which flex keeps for itself meanwhile. Each
 * reports and lets the scanner go on as if the nearest right thing stood there. */
void scan_bad_name(scan *s, uint32_t at, uint32_t length, char behind);
void scan_check_duration(scan *s, uint32_t at, uint32_t length);
void scan_check_code_point(scan *s, uint32_t at, uint32_t length);
void scan_bad_escape(scan *s, uint32_t at, uint32_t length);
void scan_instead(scan *s, uint32_t at, uint32_t length, const char *right, char behind);
void scan_unquoted(scan *s, uint32_t at, uint32_t length); /* Europe/Berlin */
void scan_word_instead(scan *s, uint32_t at, uint32_t length, const char *right);
void scan_semicolon(scan *s, uint32_t at, char behind);
void scan_comment_sign(scan *s, uint32_t at, uint32_t length);
void scan_block_comment(scan *s, uint32_t at, uint32_t length, char behind);
void scan_quotes(scan *s, uint32_t at, uint32_t length);
void scan_unknown(scan *s, uint32_t at, uint32_t length);

#endif
