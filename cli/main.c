/* main.c: picks the command. */
#include <stdio.h>

int main(void)
{
    puts("ferry 0.1.0");
    return 0;
}
