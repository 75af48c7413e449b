/* late.c: what libraries inside the binary would do at each start, done when it is first asked for.
 *
 * SQLite has functions of mathematics, which no statement of ours names. For their sake the C library's
 * mathematics was loaded each time, a twentieth of the time of a short check; here each finds it when it
 * is called. libcrypto asks the processor what it can do, with questions that a virtual machine hands to
 * its host, as long again: its constructor is wrapped (-Wl,--wrap in the Makefile), and hash.c asks before
 * it hashes. The names are the libraries', hidden so that nothing that is loaded later finds them here.
 */
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define LATE __attribute__((visibility("hidden")))

static void *mathematics(const char *name)
{
    void *library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL), *found = library ? dlsym(library, name) : NULL;
    if (!found)
        abort(); /* no C library is without it */
    return found;
}

#define OF_ONE(name)                                                                               \
    LATE double name(double x)                                                                     \
    {                                                                                              \
        return ((double (*)(double))(uintptr_t)mathematics(#name))(x);                             \
    }
#define OF_TWO(name)                                                                               \
    LATE double name(double x, double y)                                                           \
    {                                                                                              \
        return ((double (*)(double, double))(uintptr_t)mathematics(#name))(x, y);                  \
    }

OF_ONE(acos)
OF_ONE(acosh)
OF_ONE(asin)
OF_ONE(asinh)
OF_ONE(atan)
OF_ONE(atanh)
OF_ONE(ceil)
OF_ONE(cos)
OF_ONE(cosh)
OF_ONE(exp)
OF_ONE(floor)
OF_ONE(log)
OF_ONE(log10)
OF_ONE(log2)
OF_ONE(sin)
OF_ONE(sinh)
OF_ONE(sqrt)
OF_ONE(tan)
OF_ONE(tanh)
OF_ONE(trunc)
OF_TWO(atan2)
OF_TWO(fmod)
OF_TWO(pow)

void __wrap_OPENSSL_cpuid_setup(void);
LATE void __wrap_OPENSSL_cpuid_setup(void)
{
}
