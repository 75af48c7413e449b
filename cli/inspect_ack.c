/* inspect_ack.c: see inspect_ack.h. */
#include "cli/inspect_ack.h"

#include "cli/clock.h"
#include "stdlib/edifact/edifact_contrl.h"
#include "stdlib/x12/x12_ack.h"

#include "base/calendar.h"

static bool kind_of(const char *word, x12_ack_kind *out)
{
    text t = text_of(word);
    *out = text_is(t, "997") ? ACK_997 : text_is(t, "999") ? ACK_999 : ACK_TA1;
    return *out != ACK_TA1 || text_is(t, "ta1");
}

/* Behind the highest that was sent; a partner takes what repeats a number for a repetition. */
static bool control_of(const char *given, uint32_t *out)
{
    text t = text_of(given);
    if (given)
        *out = 0;
    for (size_t i = 0; i < t.n && t.n <= 9; i++) {
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
        *out = *out * 10 + (uint32_t)(t.p[i] - '0');
    }
    return t.n <= 9 && *out > 0;
}

/* Stamps are in UTC, as the standard has no zone in ISA and GS. */
static exit_code stamp_of(cli *c, x12_ack_stamp *out)
{
    const char *at = option_value(&c->options, OPT_at);
    instant t = clock_now();
    if (at && !clock_read(text_of(at), zone_utc(), &t))
        return cli_usage(c, "%s is no time", at);
    uint32_t control = 1;
    if (!control_of(option_value(&c->options, OPT_control), &control))
        return cli_usage(c, "`--control` is a number from 1 to 999999999, not `%s`",
                         option_value(&c->options, OPT_control));
    civil k = zone_civil(zone_utc(), t);
    *out = (x12_ack_stamp){
        .date = text_format(&c->memory, "%04d%02d%02d", k.year % 10000, k.month, k.day),
        .time = text_format(&c->memory, "%02d%02d", k.hour, k.minute),
        .control = control,
    };
    return CODE_DONE;
}

/* Appends what the file deserves; false: it gets none, and *why says it. */
static bool write_ack(cli *c, const document_file *f, const char *word, x12_ack_stamp *stamp,
                      const char **why)
{
    x12_ack_kind ack;
    if (kind_of(word, &ack)) {
        *why = "it is not X12";
        return f->kind == KIND_X12 &&
               x12_ack_write(&c->memory, f->content, ack, stamp, &c->result, why);
    }
    contrl_stamp at = {stamp->date, stamp->time, stamp->control};
    *why = "it is not EDIFACT";
    bool written =
        f->kind == KIND_EDIFACT && contrl_write(&c->memory, f->content, &at, &c->result, why);
    stamp->control = at.control;
    return written;
}

exit_code inspect_ack(cli *c, const folder_files *files, document_kind kind)
{
    x12_ack_kind x12;
    x12_ack_stamp stamp;
    const char *word = option_value(&c->options, OPT_ack), *why;
    if (!kind_of(word, &x12) && !text_is(text_of(word), "contrl"))
        return cli_usage(c, "there is no acknowledgment `%s`", word);
    exit_code code = stamp_of(c, &stamp);
    for (size_t i = 0; i < files->n && code == CODE_DONE; i++) {
        document_file f;
        document_read(&c->memory, files->p[i].name, files->p[i].bytes, kind, &f);
        if (!write_ack(c, &f, word, &stamp, &why)) {
            cli_error(c, NULL, "%s gets no %s: %s", files->p[i].path.p, word, why);
            code = CODE_ERRORS;
        }
    }
    return code;
}
