/* ferry.y: the grammar, LANGUAGE §2. Tokens come from words.c, which has decided newlines, keywords
 * and kinds of braces and hands over balanced brackets only.
 *
 * Recovery: `error` stands only directly before a token that ends something (NL, a closing bracket) or
 * opens a block. When a fault is reported, parse.c skips to such a token on the same level, so one
 * fault costs one statement at most, and the body of a statement with a bad head is still read.
 *
 * Two parsers are made of this file: ferry_parse_parse tells exactly what could have stood at a fault (parse.lac);
 * ferry_plain_parse, for source without faults, which nearly all is, does without that and is a tenth faster. */
%require "3.8"
%expect 0
%define api.pure full
%define api.prefix {ferry_parse_}
%define api.token.prefix {TOK_}
%define api.value.type union
%define api.location.type {span}
%define parse.error custom
%define parse.lac full
%locations
%param {struct parse *p}

%code requires {
#include "grammar/ast.h"
struct parse;
struct node_list { node first, last; };
}
%code {
#include "grammar/build.h"
#include "grammar/explain.h"
#include "grammar/literal.h"
#include "grammar/parse.h"

#define YYMAXDEPTH PARSE_STACK
/* An absent part is nowhere: it begins and ends where the part before it ended. */
#define YYLLOC_DEFAULT(now, parts, n)                                                              \
    ((now) = (n) ? (span){YYRHSLOC(parts, 1).start, YYRHSLOC(parts, n).end}                        \
                 : (span){YYRHSLOC(parts, 0).end, YYRHSLOC(parts, 0).end})

#define L(x)            ((list){(x).first, (x).last})
#define OUT(x)          out_list(x)
#define IN_ROLE(r, n)   OUT(as_role(p, ROLE_##r, (n)))
#define NAMED(n, at)    build_name(p, ROLE_named, (n), (at))
#define LEAF(kind, at)  build(p, NODE_##kind, (at), 0, 0, (list){0})
#define JOIN(...)       join_all(p, sizeof(list[]){__VA_ARGS__} / sizeof(list), (list[]){__VA_ARGS__})
#define NODE_OF(kind, at, name, ...)        build(p, NODE_##kind, (at), 0, (name), JOIN(__VA_ARGS__))
#define NODE_AUX(kind, at, aux, ...)        build(p, NODE_##kind, (at), (aux), 0, JOIN(__VA_ARGS__))
#define DOCUMENTED(kind, at, name, ...)     build_documented(p, NODE_##kind, (at), 0, (name), JOIN(__VA_ARGS__))
#define ROLED(r, n)     as_role(p, ROLE_##r, (n))
#define BROKEN(at)      broken(p, (at))

/* The parser does not see what was skipped behind a fault; it belongs to it. */
static node broken(parse *p, span at)
{
    if (p->skipped.start >= at.start && p->skipped.start <= at.end && p->skipped.end > at.end)
        at.end = p->skipped.end;
    return build(p, NODE_ERROR, at, 0, 0, (list){0});
}

static inline struct node_list out_list(list l) { return (struct node_list){l.first, l.last}; }

static inline list join_all(parse *p, size_t n, const list *parts)
{
    list all = parts[0];
    for (size_t i = 1; i < n; i++)
        all = join(p, all, parts[i]);
    return all;
}

static node binary(parse *p, span at, ast_op op, node left, node right)
{
    return NODE_AUX(BINARY, at, op, ROLED(left, left), ROLED(right, right));
}

/* An interpolated text up to its closing token. */
static node ended(parse *p, span at, list pieces, uint32_t flags, span tail)
{
    list rest = build_part(p, tail, flags, 1, flags & TEXT_BLOCK ? 3 : 1);
    return NODE_AUX(INTERPOLATED, at, flags & TEXT_BLOCK, pieces, rest);
}

static void yyerror(const span *at, parse *p, const char *message)
{
    explain_exhausted(p, *at);
}

/* Here, not in parse.c, to become part of the loop of the parser. The value is written as wide as
 * bison copies it behind: written by half, it stalled the shift of each token. */
static inline int yylex(YYSTYPE *value, span *at, parse *p)
{
    word t;
    parse_next(p, &t);
    *at = t.at;
    if (t.kind == TOK_NAME || t.kind == TOK_CODE || t.kind == TOK_CURRENCY)
        t.aux = names_add(p->names, parse_bytes(p, t.at));
    *value = (YYSTYPE){.TOK_NAME = t.aux};
    return t.kind;
}

}

%token START_FILE START_VALUE NL COMMENT
%token LPAREN RPAREN LBRACKET RBRACKET LBRACE RBRACE LBLOCK RBLOCK
%token COMMA DOT COLON ASSIGN OPTIONAL EQ NE LT LE GT GE COALESCE PLUS MINUS STAR SLASH
%token <uint32_t> NAME CODE CURRENCY TEXT RAW BODY HEAD MID TAIL
%token NUMBER PERCENT DURATION DATE DATE_TIME TIME WEEKDAY_TIME
/* A literal that was reported. */
%token FAULTY
/* The words of keywords.def; words.c tells them by their number. */
%token FIRST_WORD AND OR NOT IN OF RETURNS THEN TRUE FALSE ABSENT TIMES IF FOR ELSE WHERE AFTER AS BY EACH
%token EVERY FROM PARALLEL PER TO UNTIL VIA WITHIN
%token LANGUAGE FN FIELD CUSTOMER CUSTOMERS CHANNELS TABLE CALENDAR RISK FACTOR CONNECTOR ROLE RESOURCE
%token PLAYBOOK MIGRATION TEST USE LET OMIT ALLOW CHANNEL PHASE STEP TASK APPROVE SIMULATE OBSERVE REQUIRE
%token APPLY WAIT NOTIFY ROLLBACK PAUSE ALERT ON CHANGE INSERT GIVEN EXPECT WHEN FAILURE BEFORE

%left OR
%left AND
%precedence NOT
%right COALESCE
%left PLUS MINUS
%left STAR SLASH OF
%precedence SIGN

%type <node> decl item block broken if_item type type_core kind_name path loop value text interpolated
%type <node> expr choice logic sum postfix literal
%type <node> param arg entry comprehension
%type <struct node_list> decls items title params param_list block_opt type_opt default_opt alias after_opt
%type <struct node_list> window_opt after_names approvers reason_opt lasting_opt where_opt by_opt parallel_opt
%type <struct node_list> args arg_list elements expr_list entries entry_list path_parts pieces given_after
%type <ast_op> compare
%type <ast_trigger> trigger

%%

input:
  START_FILE decls {
    span all = {p->tree.base, p->tree.base + (uint32_t)p->tree.bytes.n};
    list items = L($2);
    /* The words before `language` are about the file. */
    node first = items.first;
    if (first && p->tree.nodes[first].kind == NODE_LANGUAGE && p->words.docs.n &&
        p->words.docs.p[0].before == p->tree.spans[first].start)
        items = JOIN(ROLED(doc, build(p, NODE_DOC, p->words.docs.p[0].at, 0, 0, (list){0})), items);
    p->tree.root = build(p, NODE_FILE, all, 0, 0, items);
  }
| START_VALUE value NL { p->tree.root = NODE_OF(VALUE, @$, 0, ROLED(value, $2)); }
| START_VALUE error NL { yyerrok; p->tree.root = NODE_OF(VALUE, @$, 0, ROLED(value, BROKEN(@2))); }
;

decls:
  %empty          { $$ = (struct node_list){0}; }
| decls decl NL   { $$ = OUT(JOIN(L($1), ROLED(item, $2))); }
| decls broken NL { $$ = OUT(JOIN(L($1), ROLED(item, $2))); }
| decls error NL  { yyerrok; $$ = OUT(JOIN(L($1), ROLED(item, BROKEN(@2)))); }
;

items:
  %empty          { $$ = (struct node_list){0}; }
| items item NL   { $$ = OUT(JOIN(L($1), ROLED(item, $2))); }
| items broken NL { $$ = OUT(JOIN(L($1), ROLED(item, $2))); }
| items error NL  { yyerrok; $$ = OUT(JOIN(L($1), ROLED(item, BROKEN(@2)))); }
;

block:
  LBLOCK items RBLOCK        { $$ = NODE_OF(BLOCK, @$, 0, L($2)); }
| LBLOCK items item RBLOCK   { $$ = NODE_OF(BLOCK, @$, 0, L($2), ROLED(item, $3)); }
| LBLOCK items broken RBLOCK { $$ = NODE_OF(BLOCK, @$, 0, L($2), ROLED(item, $3)); }
| LBLOCK items error RBLOCK  { yyerrok; $$ = NODE_OF(BLOCK, @$, 0, L($2), ROLED(item, BROKEN(@3))); }
;

/* A statement that cannot be read, with what can be read of its blocks. */
broken:
  error block                { yyerrok; $$ = NODE_OF(ERROR, @$, 0, ROLED(item, $2)); }
| broken ELSE block          { $$ = NODE_OF(ERROR, @$, 0, ROLED(item, $1), ROLED(item, $3)); }
| broken ELSE IF expr block  { $$ = NODE_OF(ERROR, @$, 0, ROLED(item, $1), ROLED(item, $5)); }
;

decl:
  LANGUAGE NUMBER                        { $$ = NODE_OF(LANGUAGE, @$, 0, ROLED(value, LEAF(NUMBER, @2))); }
| USE path alias                         { $$ = build(p, NODE_USE, @$, 0, p->tree.nodes[$3.first].name, JOIN(ROLED(source, $2), L($3))); }
| USE text alias                         { $$ = build(p, NODE_USE, @$, 0, p->tree.nodes[$3.first].name, JOIN(ROLED(source, $2), L($3))); }
| LET NAME ASSIGN expr                   { $$ = DOCUMENTED(LET, @$, $2, NAMED($2, @2), ROLED(value, $4)); }
| FN NAME params COLON type ASSIGN expr  { $$ = DOCUMENTED(FN, @$, $2, NAMED($2, @2), L($3), ROLED(type, $5), ROLED(value, $7)); }
| FIELD path COLON type default_opt      { $$ = DOCUMENTED(SCHEMA, @$, 0, ROLED(target, $2), ROLED(type, $4), L($5)); }
| CUSTOMER NAME title block              { $$ = DOCUMENTED(CUSTOMER, @$, $2, NAMED($2, @2), L($3), ROLED(body, $4)); }
| CUSTOMERS FROM text block_opt          { $$ = DOCUMENTED(CUSTOMERS, @$, 0, ROLED(source, $3), L($4)); }
| CHANNELS FROM text block_opt           { $$ = DOCUMENTED(CHANNELS, @$, 0, ROLED(source, $3), L($4)); }
| TABLE NAME FROM text block_opt         { $$ = DOCUMENTED(TABLE, @$, $2, NAMED($2, @2), ROLED(source, $4), L($5)); }
| CALENDAR NAME FROM text                { $$ = DOCUMENTED(CALENDAR, @$, $2, NAMED($2, @2), ROLED(source, $4)); }
| RISK block                             { $$ = DOCUMENTED(RISK, @$, 0, ROLED(body, $2)); }
| FACTOR NAME params title block         { $$ = DOCUMENTED(FACTOR, @$, $2, NAMED($2, @2), L($3), L($4), ROLED(body, $5)); }
| CONNECTOR NAME COLON kind_name title block { $$ = DOCUMENTED(CONNECTOR, @$, $2, NAMED($2, @2), ROLED(type, $4), L($5), ROLED(body, $6)); }
| ROLE NAME title block_opt              { $$ = DOCUMENTED(ROLE, @$, $2, NAMED($2, @2), L($3), L($4)); }
| RESOURCE NAME title block              { $$ = DOCUMENTED(RESOURCE, @$, $2, NAMED($2, @2), L($3), ROLED(body, $4)); }
| PLAYBOOK NAME params title block       { $$ = DOCUMENTED(PLAYBOOK, @$, $2, NAMED($2, @2), L($3), L($4), ROLED(body, $5)); }
| PLAYBOOK NAME title FROM path block    { $$ = DOCUMENTED(PLAYBOOK, @$, $2, NAMED($2, @2), L($3), ROLED(base, $5), ROLED(body, $6)); }
| MIGRATION NAME title FOR path block    { $$ = DOCUMENTED(MIGRATION, @$, $2, NAMED($2, @2), L($3), ROLED(subject, $5), ROLED(body, $6)); }
| MIGRATION NAME title FOR loop block    { $$ = DOCUMENTED(MIGRATION, @$, $2, NAMED($2, @2), L($3), ROLED(subject, $5), ROLED(body, $6)); }
| TEST text block                        { $$ = DOCUMENTED(TEST, @$, 0, ROLED(title, $2), ROLED(body, $3)); }
| TEST text FOR expr block               { $$ = DOCUMENTED(TEST, @$, 0, ROLED(title, $2), ROLED(subject, $4), ROLED(body, $5)); }
| OMIT path reason_opt                   { $$ = NODE_OF(OMIT, @$, 0, ROLED(target, $2), L($3)); }
| ALLOW CODE text                        { $$ = NODE_OF(ALLOW, @$, $2, NAMED($2, @2), ROLED(reason, $3)); }
;

alias: %empty { $$ = (struct node_list){0}; } | AS NAME { $$ = OUT(NAMED($2, @2)); };
title: %empty { $$ = (struct node_list){0}; } | text { $$ = IN_ROLE(title, $1); };
reason_opt: %empty { $$ = (struct node_list){0}; } | text { $$ = IN_ROLE(reason, $1); };
block_opt: %empty { $$ = (struct node_list){0}; } | block { $$ = IN_ROLE(body, $1); };
default_opt: %empty { $$ = (struct node_list){0}; } | ASSIGN expr { $$ = IN_ROLE(value, $2); };
type_opt: %empty { $$ = (struct node_list){0}; } | COLON type { $$ = IN_ROLE(type, $2); };

item:
  NAME value reason_opt          { $$ = DOCUMENTED(FIELD, @$, $1, ROLED(value, $2), L($3)); }
| text value reason_opt          { $$ = NODE_OF(RULE, @$, 0, ROLED(key, $1), ROLED(value, $2), L($3)); }
| NAME block                     { $$ = DOCUMENTED(SECTION, @$, $1, ROLED(body, $2)); }
| NAME NAME block                { $$ = DOCUMENTED(SECTION, @$, $1, build_name(p, ROLE_label, $2, @2), ROLED(body, $3)); }
| LET NAME ASSIGN expr           { $$ = DOCUMENTED(LET, @$, $2, NAMED($2, @2), ROLED(value, $4)); }
| CHANNEL NAME COLON kind_name title block { $$ = DOCUMENTED(CHANNEL, @$, $2, NAMED($2, @2), ROLED(type, $4), L($5), ROLED(body, $6)); }
| PHASE NAME title after_opt window_opt block { $$ = DOCUMENTED(PHASE, @$, $2, NAMED($2, @2), L($3), L($4), L($5), ROLED(body, $6)); }
| STEP NAME title block          { $$ = DOCUMENTED(STEP, @$, $2, NAMED($2, @2), L($3), ROLED(body, $4)); }
| TASK NAME title block          { $$ = DOCUMENTED(TASK, @$, $2, NAMED($2, @2), L($3), ROLED(body, $4)); }
| APPROVE NAME title BY approvers WITHIN expr block_opt { $$ = DOCUMENTED(APPROVE, @$, $2, NAMED($2, @2), L($3), L($5), ROLED(within, $7), L($8)); }
| SIMULATE NAME OF expr block    { $$ = DOCUMENTED(SIMULATE, @$, $2, NAMED($2, @2), ROLED(subject, $4), ROLED(body, $5)); }
| OBSERVE NAME type_opt EVERY expr FOR expr ASSIGN expr { $$ = DOCUMENTED(OBSERVE, @$, $2, NAMED($2, @2), L($3), ROLED(every, $5), ROLED(lasting, $7), ROLED(value, $9)); }
| REQUIRE expr                   { $$ = NODE_OF(REQUIRE, @$, 0, ROLED(condition, $2)); }
| REQUIRE expr ELSE text         { $$ = NODE_OF(REQUIRE, @$, 0, ROLED(condition, $2), ROLED(reason, $4)); }
| FOR loop block                 { $$ = NODE_OF(FOR, @$, 0, ROLED(loop, $2), ROLED(body, $3)); }
| if_item
| APPLY path LPAREN args RPAREN alias { $$ = build(p, NODE_APPLY, @$, 0, p->tree.nodes[$6.first].name, JOIN(ROLED(callee, $2), L($4), L($6))); }
| APPLY path LPAREN error RPAREN alias { yyerrok; $$ = build(p, NODE_APPLY, @$, 0, p->tree.nodes[$6.first].name, JOIN(ROLED(callee, $2), ROLED(arg, BROKEN(@4)), L($6))); }
| WAIT expr                      { $$ = NODE_OF(WAIT, @$, 0, ROLED(value, $2)); }
| WAIT UNTIL expr WITHIN expr    { $$ = NODE_OF(WAIT_UNTIL, @$, 0, ROLED(condition, $3), ROLED(within, $5)); }
| WAIT NAME title block          { $$ = DOCUMENTED(WAIT_BLOCK, @$, $2, NAMED($2, @2), L($3), ROLED(body, $4)); }
| NOTIFY text VIA expr           { $$ = NODE_OF(NOTIFY, @$, 0, ROLED(value, $2), ROLED(via, $4)); }
| trigger WHEN expr lasting_opt reason_opt { $$ = NODE_AUX(TRIGGER, @$, $1, ROLED(condition, $3), L($4), L($5)); }
| ON FAILURE NAME                { $$ = NODE_OF(ON_FAILURE, @$, $3, NAMED($3, @3)); }
| ON FAILURE NAME expr WITHIN expr ELSE NAME { $$ = NODE_OF(ON_FAILURE, @$, $3, NAMED($3, @3), ROLED(asked, $4), ROLED(within, $6), build_name(p, ROLE_otherwise, $8, @8)); }
| USE path FOR path              { $$ = NODE_OF(USE_FOR, @$, 0, ROLED(source, $2), ROLED(target, $4)); }
| CHANGE path block              { $$ = NODE_OF(CHANGE, @$, 0, ROLED(target, $2), ROLED(body, $3)); }
| INSERT BEFORE path block       { $$ = NODE_AUX(INSERT, @$, 0, ROLED(target, $3), ROLED(body, $4)); }
| INSERT AFTER path block        { $$ = NODE_AUX(INSERT, @$, 1, ROLED(target, $3), ROLED(body, $4)); }
| OMIT path reason_opt           { $$ = NODE_OF(OMIT, @$, 0, ROLED(target, $2), L($3)); }
| ALLOW CODE text                { $$ = NODE_OF(ALLOW, @$, $2, NAMED($2, @2), ROLED(reason, $3)); }
| GIVEN expr RETURNS expr given_after { $$ = NODE_OF(GIVEN, @$, 0, ROLED(subject, $2), ROLED(returned, $4), L($5)); }
| GIVEN expr NAME given_after    { $$ = NODE_OF(GIVEN, @$, $3, ROLED(subject, $2), NAMED($3, @3), L($4)); }
| GIVEN expr NAME expr TIMES given_after { $$ = NODE_OF(GIVEN, @$, $3, ROLED(subject, $2), NAMED($3, @3), ROLED(count, $4), L($6)); }
| EXPECT expr                    { $$ = NODE_OF(EXPECT, @$, 0, ROLED(condition, $2)); }
;

if_item:
  IF expr block                  { $$ = NODE_OF(IF, @$, 0, ROLED(condition, $2), ROLED(body, $3)); }
| IF expr block ELSE block       { $$ = NODE_OF(IF, @$, 0, ROLED(condition, $2), ROLED(body, $3), ROLED(otherwise, $5)); }
| IF expr block ELSE if_item     { $$ = NODE_OF(IF, @$, 0, ROLED(condition, $2), ROLED(body, $3), ROLED(otherwise, $5)); }
;

trigger:
  ROLLBACK { $$ = AST_ROLLBACK; }
| PAUSE    { $$ = AST_PAUSE; }
| ALERT    { $$ = AST_ALERT; }
;

after_opt: %empty { $$ = (struct node_list){0}; } | AFTER after_names { $$ = $2; };
after_names:
  NAME                   { $$ = OUT(build_name(p, ROLE_after, $1, @1)); }
| after_names COMMA NAME { $$ = OUT(JOIN(L($1), build_name(p, ROLE_after, $3, @3))); }
;
window_opt: %empty { $$ = (struct node_list){0}; } | IN NAME { $$ = OUT(build_name(p, ROLE_window, $2, @2)); };
approvers:
  expr                 { $$ = IN_ROLE(by, $1); }
| approvers COMMA expr { $$ = OUT(JOIN(L($1), ROLED(by, $3))); }
;
lasting_opt: %empty { $$ = (struct node_list){0}; } | FOR expr { $$ = IN_ROLE(lasting, $2); };
given_after: %empty { $$ = (struct node_list){0}; } | AFTER expr { $$ = IN_ROLE(after, $2); };

loop: EACH NAME IN expr where_opt by_opt parallel_opt {
    $$ = NODE_OF(LOOP, @$, $2, NAMED($2, @2), ROLED(source, $4), L($5), L($6), L($7));
  };
where_opt: %empty { $$ = (struct node_list){0}; } | WHERE expr { $$ = IN_ROLE(where, $2); };
by_opt: %empty { $$ = (struct node_list){0}; } | BY expr { $$ = IN_ROLE(by, $2); };
parallel_opt: %empty { $$ = (struct node_list){0}; } | PARALLEL expr { $$ = IN_ROLE(parallel, $2); };

value:
  expr
| sum TO sum          { $$ = NODE_OF(RANGE, @$, 0, ROLED(from, $1), ROLED(to, $3)); }
| sum TO sum IN sum   { $$ = NODE_OF(RANGE, @$, 0, ROLED(from, $1), ROLED(to, $3), ROLED(zone, $5)); }
| sum TIMES EVERY sum { $$ = NODE_OF(TIMES, @$, 0, ROLED(count, $1), ROLED(every, $4)); }
;

params:
  LPAREN RPAREN                  { $$ = (struct node_list){0}; }
| LPAREN param_list RPAREN       { $$ = $2; }
| LPAREN param_list COMMA RPAREN { $$ = $2; }
| LPAREN error RPAREN            { yyerrok; $$ = IN_ROLE(param, BROKEN(@2)); }
;
param_list:
  param                  { $$ = IN_ROLE(param, $1); }
| param_list COMMA param { $$ = OUT(JOIN(L($1), ROLED(param, $3))); }
;
param: NAME COLON type default_opt { $$ = NODE_OF(PARAM, @$, $1, ROLED(type, $3), L($4)); };

type:
  type_core
| type_core OPTIONAL { $$ = $1; p->tree.nodes[$1].aux = 1; p->tree.spans[$1] = @$; }
;
type_core:
  kind_name
| NAME NAME              { $$ = NODE_OF(TYPE, @$, $1, build_name(p, ROLE_label, $2, @2)); }
| LBRACKET type RBRACKET { $$ = NODE_OF(TYPE_LIST, @$, 0, ROLED(type, $2)); }
| LBRACKET error RBRACKET { yyerrok; $$ = BROKEN(@$); }
;
kind_name: NAME { $$ = build(p, NODE_TYPE, @$, 0, $1, (list){0}); };

path: path_parts { $$ = build(p, NODE_PATH, @$, 0, 0, L($1)); };
path_parts:
  NAME                { $$ = OUT(build_name(p, ROLE_part, $1, @1)); }
| path_parts DOT NAME { $$ = OUT(JOIN(L($1), build_name(p, ROLE_part, $3, @3))); }
;

/* The levels between a comparison and a name are precedences, not nonterminals: with one for each,
 * a name went up twelve reductions, and reading took twice as long. Comparisons stand outside, so
 * that they do not follow one another; so do `not`, `and` and `or`, which no range takes. */
expr: choice | logic;
choice: IF expr THEN expr ELSE expr { $$ = NODE_OF(CHOICE, @$, 0, ROLED(condition, $2), ROLED(then, $4), ROLED(otherwise, $6)); };
logic: sum
| sum compare sum { $$ = binary(p, @$, $2, $1, $3); }
| logic OR logic  { $$ = binary(p, @$, OP_or, $1, $3); }
| logic AND logic { $$ = binary(p, @$, OP_and, $1, $3); }
| NOT logic       { $$ = NODE_AUX(UNARY, @$, OP_not, ROLED(value, $2)); }
;
compare:
  EQ { $$ = OP_eq; } | NE { $$ = OP_ne; } | LT { $$ = OP_lt; } | LE { $$ = OP_le; }
| GT { $$ = OP_gt; } | GE { $$ = OP_ge; } | IN { $$ = OP_in; }
;
sum: postfix
| postfix PER NAME { $$ = NODE_OF(PER, @$, $3, ROLED(value, $1)); }
| sum COALESCE sum { $$ = binary(p, @$, OP_coalesce, $1, $3); }
| sum PLUS sum     { $$ = binary(p, @$, OP_add, $1, $3); }
| sum MINUS sum    { $$ = binary(p, @$, OP_sub, $1, $3); }
| sum STAR sum     { $$ = binary(p, @$, OP_mul, $1, $3); }
| sum SLASH sum    { $$ = binary(p, @$, OP_div, $1, $3); }
| sum OF sum       { $$ = binary(p, @$, OP_share, $1, $3); }
| MINUS sum %prec SIGN { $$ = NODE_AUX(UNARY, @$, OP_neg, ROLED(value, $2)); }
;
postfix: literal | text
| NAME                      { $$ = build(p, NODE_NAME, @$, 0, $1, (list){0}); }
| LPAREN expr RPAREN        { $$ = $2; }
| LPAREN error RPAREN       { yyerrok; $$ = BROKEN(@$); }
| LBRACKET elements RBRACKET { $$ = NODE_OF(LIST, @$, 0, L($2)); }
| LBRACKET error RBRACKET   { yyerrok; $$ = NODE_OF(LIST, @$, 0, ROLED(element, BROKEN(@2))); }
| LBRACE entries RBRACE     { $$ = NODE_OF(RECORD, @$, 0, L($2)); }
| LBRACE error RBRACE       { yyerrok; $$ = NODE_OF(RECORD, @$, 0, ROLED(element, BROKEN(@2))); }
| postfix DOT NAME                { $$ = NODE_OF(MEMBER, @$, $3, ROLED(value, $1)); }
| postfix LPAREN args RPAREN      { $$ = NODE_OF(CALL, @$, 0, ROLED(callee, $1), L($3)); }
| postfix LPAREN error RPAREN     { yyerrok; $$ = NODE_OF(CALL, @$, 0, ROLED(callee, $1), ROLED(arg, BROKEN(@3))); }
| postfix LBRACKET expr RBRACKET  { $$ = NODE_OF(INDEX, @$, 0, ROLED(value, $1), ROLED(index, $3)); }
| postfix LBRACKET error RBRACKET { yyerrok; $$ = BROKEN(@$); }
;

args:
  %empty         { $$ = (struct node_list){0}; }
| arg_list
| arg_list COMMA
| comprehension  { $$ = IN_ROLE(arg, $1); }
;
arg_list:
  arg                { $$ = IN_ROLE(arg, $1); }
| arg_list COMMA arg { $$ = OUT(JOIN(L($1), ROLED(arg, $3))); }
;
arg: expr | NAME COLON expr { $$ = NODE_OF(NAMED_ARG, @$, $1, ROLED(value, $3)); };

comprehension: expr FOR NAME IN expr where_opt {
    $$ = NODE_OF(COMPREHENSION, @$, $3, ROLED(value, $1), NAMED($3, @3), ROLED(source, $5), L($6));
  };

elements:
  %empty         { $$ = (struct node_list){0}; }
| expr_list
| expr_list COMMA
| comprehension  { $$ = IN_ROLE(element, $1); }
;
expr_list:
  expr                 { $$ = IN_ROLE(element, $1); }
| expr_list COMMA expr { $$ = OUT(JOIN(L($1), ROLED(element, $3))); }
;
entries:
  %empty            { $$ = (struct node_list){0}; }
| entry_list
| entry_list COMMA
;
entry_list:
  entry                  { $$ = IN_ROLE(element, $1); }
| entry_list COMMA entry { $$ = OUT(JOIN(L($1), ROLED(element, $3))); }
;
entry:
  NAME COLON expr { $$ = NODE_OF(ENTRY, @$, $1, ROLED(value, $3)); }
| text COLON expr { $$ = NODE_OF(ENTRY, @$, 0, ROLED(key, $1), ROLED(value, $3)); }
;

literal:
  NUMBER          { $$ = LEAF(NUMBER, @$); }
| NUMBER CURRENCY { $$ = build(p, NODE_MONEY, @$, 0, $2, (list){0}); }
| PERCENT         { $$ = LEAF(PERCENT, @$); }
| DURATION        { $$ = LEAF(DURATION, @$); }
| DATE            { $$ = LEAF(DATE, @$); }
| DATE_TIME       { $$ = LEAF(DATE_TIME, @$); }
| TIME            { $$ = LEAF(TIME, @$); }
| WEEKDAY_TIME    { $$ = LEAF(WEEKDAY_TIME, @$); }
| TRUE            { $$ = build(p, NODE_BOOL, @$, 1, 0, (list){0}); }
| FALSE           { $$ = build(p, NODE_BOOL, @$, 0, 0, (list){0}); }
| ABSENT          { $$ = LEAF(ABSENT, @$); }
| FAULTY          { $$ = BROKEN(@$); }
| FAULTY CURRENCY { $$ = BROKEN(@$); }
;

text:
  TEXT { $$ = build(p, NODE_TEXT, @$, $1, 0, (list){0}); }
| RAW  { $$ = LEAF(RAW, @$); }
| BODY { $$ = build(p, NODE_BLOCK_TEXT, @$, $1, 0, (list){0}); }
| interpolated
;
interpolated:
  pieces TAIL           { $$ = ended(p, @$, L($1), $2, @2); }
| HEAD error TAIL       { yyerrok; $$ = ended(p, @$, ROLED(part, BROKEN(@2)), $3, @3); }
| pieces MID error TAIL { yyerrok; $$ = ended(p, @$, JOIN(L($1), ROLED(part, BROKEN(@3))), $4, @4); }
;
pieces:
  HEAD expr {
    list head = build_part(p, @1, $1, $1 & TEXT_BLOCK ? 3 : 1, 1);
    $$ = OUT(JOIN(head, ROLED(part, $2)));
  }
| HEAD error MID expr { yyerrok; $$ = OUT(JOIN(ROLED(part, BROKEN(@2)), ROLED(part, $4))); }
| pieces MID expr {
    list middle = build_part(p, @2, $2, 1, 1);
    $$ = OUT(JOIN(L($1), middle, ROLED(part, $3)));
  }
| pieces MID error MID expr { yyerrok; $$ = OUT(JOIN(L($1), ROLED(part, BROKEN(@3)), ROLED(part, $5))); }
;

%%

/* What the parser could have taken here. The lookahead correction makes the set exact. */
static int yyreport_syntax_error(const yypcontext_t *context, parse *p)
{
    if (p->words.plain) {
        p->failed = true;
        return 0;
    }
    yysymbol_kind_t symbols[YYNTOKENS];
    int tokens[YYNTOKENS];
    int n = yypcontext_expected_tokens(context, symbols, YYNTOKENS);
    for (int i = 0; i < n; i++)
        for (tokens[i] = 0; tokens[i] <= TOK_BEFORE && YYTRANSLATE(tokens[i]) != symbols[i];)
            tokens[i]++;
    yysymbol_kind_t found = yypcontext_token(context);
    int kind = 0;
    while (kind <= TOK_BEFORE && YYTRANSLATE(kind) != found)
        kind++;
    explain_unexpected(p, kind, *yypcontext_location(context), tokens, n > 0 ? (unsigned)n : 0);
    return 0;
}
