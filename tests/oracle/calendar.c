/* Questions, one a line: `offset ZONE SECOND`, `civil ZONE MICROSECOND`,
 * `instant ZONE YEAR MONTH DAY HOUR MINUTE SECOND`,
 * `window ZONE daily|weekly FROM_DAY FROM_MINUTE TO_DAY TO_MINUTE SECOND`. */
#include "base/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void answer_window(const zone *z, char **word)
{
    window_rule w = {.kind = strcmp(word[2], "daily") == 0 ? WINDOW_DAILY : WINDOW_WEEKLY,
                     .from_weekday = atoi(word[3]),
                     .from_minute = atoi(word[4]),
                     .to_weekday = atoi(word[5]),
                     .to_minute = atoi(word[6])};
    interval i = {0};
    if (window_next(&w, z, atoll(word[7]) * SECOND, &i))
        printf("%lld %lld\n", (long long)(i.start / SECOND), (long long)(i.end / SECOND));
    else
        puts("none");
}

static void answer(const zone *z, char **word)
{
    if (strcmp(word[0], "offset") == 0) {
        const char *abbreviation;
        int offset = zone_offset(z, atoll(word[2]) * SECOND, &abbreviation);
        printf("%d %s\n", offset, abbreviation);
    } else if (strcmp(word[0], "civil") == 0) {
        civil c = zone_civil(z, atoll(word[2]));
        printf("%d %d %d %d %d %d %d %d\n", c.year, c.month, c.day, c.hour, c.minute, c.second,
               c.micro, c.weekday);
    } else if (strcmp(word[0], "instant") == 0) {
        civil c = {.year = atoi(word[2]),
                   .month = atoi(word[3]),
                   .day = atoi(word[4]),
                   .hour = atoi(word[5]),
                   .minute = atoi(word[6]),
                   .second = atoi(word[7])};
        printf("%lld\n", (long long)(zone_instant(z, &c) / SECOND));
    } else {
        answer_window(z, word);
    }
}

int main(void)
{
    char line[256], last[64] = "";
    arena a = {0};
    const zone *z = NULL;
    while (fgets(line, sizeof line, stdin)) {
        char *word[9] = {0};
        for (int i = 0; i < 9; i++)
            word[i] = strtok(i ? NULL : line, " \n");
        if (strcmp(word[1], last) != 0) {
            arena_clear(&a);
            if (zone_load(&a, text_of(word[1]), &z) != ZONE_OK)
                z = NULL;
            snprintf(last, sizeof last, "%s", word[1]);
        }
        if (z)
            answer(z, word);
        else
            puts("no zone");
    }
    arena_release(&a);
    return 0;
}
