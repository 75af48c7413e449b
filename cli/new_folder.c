/* new_folder.c: see new_folder.h. */
#include "cli/new_folder.h"

#include "base/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static exit_code refused(cli *c, const char *what, const char *path)
{
    cli_error(c, NULL, "cannot %s %s: %s", what, path, strerror(errno));
    return CODE_REFUSED;
}

/* Whether the target may become ours: not there, or an empty folder. */
static bool is_free(cli *c, const char *target, exit_code *code)
{
    struct dirent *e;
    bool empty = true;
    DIR *d = opendir(target);
    if (!d && errno == ENOENT)
        return true;
    if (!d) {
        *code = refused(c, "use", target);
        return false;
    }
    while (empty && (e = readdir(d)) != NULL)
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    closedir(d);
    if (!empty) {
        cli_error(c, "name a folder that is not there yet", "%s is not empty", target);
        *code = CODE_REFUSED;
    }
    return empty;
}

static void signals_wait(new_folder *f)
{
    sigset_t all;
    sigemptyset(&all);
    sigaddset(&all, SIGINT);
    sigaddset(&all, SIGTERM);
    sigaddset(&all, SIGHUP);
    sigprocmask(SIG_BLOCK, &all, &f->before);
}

exit_code new_folder_begin(cli *c, const char *target, new_folder *out)
{
    exit_code code = CODE_DONE;
    size_t n = strlen(target);
    *out = (new_folder){.c = c};
    while (n > 1 && target[n - 1] == '/')
        n--;
    text path = text_copy(&c->memory, (text){target, n});
    out->target = path.p;
    if (!is_free(c, out->target, &code))
        return code;
    const char *slash = strrchr(out->target, '/');
    size_t folder = slash ? (size_t)(slash - out->target) + 1 : 0;
    out->place =
        text_format(&c->memory, "%.*s.%s.XXXXXX", (int)folder, out->target, out->target + folder);
    char *name = arena_alloc(&c->memory, out->place.n + 1, 1);
    memcpy(name, out->place.p, out->place.n + 1);
    signals_wait(out);
    if (!mkdtemp(name)) {
        sigprocmask(SIG_SETMASK, &out->before, NULL);
        return refused(c, "make", out->target);
    }
    out->place.p = name;
    chmod(name, 0755);
    return CODE_DONE;
}

static bool folders_make(text path)
{
    char *p = strndup(path.p, path.n);
    bool ok = p != NULL;
    for (char *at = p ? strchr(p + 1, '/') : NULL; ok && at; at = strchr(at + 1, '/')) {
        *at = 0;
        ok = mkdir(p, 0755) == 0 || errno == EEXIST;
        *at = '/';
    }
    free(p);
    return ok;
}

static bool write_file(const char *path, text bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return false;
    bool ok = file_put(fd, bytes);
    return close(fd) == 0 && ok;
}

exit_code new_folder_write(new_folder *f, text name, text bytes)
{
    text path = text_format(&f->c->memory, "%.*s/%.*s", TEXT_ARG(f->place), TEXT_ARG(name));
    if (!folders_make(path) || !write_file(path.p, bytes))
        return refused(f->c, "write", path.p);
    return CODE_DONE;
}

exit_code new_folder_finish(new_folder *f)
{
    /* Over an empty folder, too; anything else that came to be there meanwhile stays. */
    if (rename(f->place.p, f->target) != 0) {
        exit_code code = refused(f->c, "make", f->target);
        new_folder_abandon(f);
        return code;
    }
    sigprocmask(SIG_SETMASK, &f->before, NULL);
    return CODE_DONE;
}

static int remove_one(const char *path, const struct stat *s, int what, struct FTW *at)
{
    (void)s, (void)what, (void)at;
    return remove(path);
}

void new_folder_forget(new_folder *f, const char *name)
{
    text path = text_format(&f->c->memory, "%.*s/%s", TEXT_ARG(f->place), name);
    nftw(path.p, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void new_folder_abandon(new_folder *f)
{
    nftw(f->place.p, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    sigprocmask(SIG_SETMASK, &f->before, NULL);
}
