/* workdays.h: calendars of days on which nobody works. */
#ifndef FERRY_COMPILER_WORKDAYS_H
#define FERRY_COMPILER_WORKDAYS_H

#include "compiler/context.h"

/* Reads the files of all calendars; before windows, whose freezes may name them. */
void calendars_collect(compiler *c);
/* The days of a value of type T_CALENDAR, since 1970-01-01, sorted. */
const int64_t *calendar_days(const compiler *c, value v, size_t *n);
/* workdays_before(t, n, calendar), workdays_after(…): false when the call is neither. */
bool workdays_call(compiler *c, node n, text name, value *out);

#endif
