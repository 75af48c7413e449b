/* A line of standard input is one question: `read SCALE TEXT`, `divide N D`, `muldiv A B D`,
 * `compare A B`. Answers in the form that ask_decimal.py computes by itself. */
#include "base/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void answer_read(char *scale, char *number)
{
    int64_t v = 0;
    bool inexact;
    bool ok = decimal_read(text_of(number), atoi(scale), true, &v, &inexact);
    if (!ok && !inexact) {
        puts("no");
        return;
    }
    buffer b = {0};
    decimal_write(&b, v, atoi(scale));
    printf("%s %lld %s\n", ok ? "exact" : "rounded", (long long)v, buffer_string(&b));
    buffer_release(&b);
}

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        char *word[4] = {0};
        for (int i = 0; i < 4; i++)
            word[i] = strtok(i ? NULL : line, " \n");
        if (strcmp(word[0], "read") == 0)
            answer_read(word[1], word[2]);
        else if (strcmp(word[0], "divide") == 0)
            printf("%lld\n", (long long)decimal_divide(atoll(word[1]), atoll(word[2])));
        else if (strcmp(word[0], "muldiv") == 0)
            printf("%lld\n",
                   (long long)decimal_muldiv(atoll(word[1]), atoll(word[2]), atoll(word[3])));
        else
            printf("%d\n", decimal_compare_text(text_of(word[1]), text_of(word[2])));
    }
    return 0;
}
